import { ApiError, NetworkError } from './errors';
import type { UploadTicket } from './files';

/**
 * Sends a file to its presigned URL. XMLHttpRequest, because `fetch` reports no upload progress.
 * `onProgress` gets 0..1. Rejects with an `AbortError` when the signal says stop.
 */
export function putObject(
  ticket: UploadTicket,
  file: Blob,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const settle = (act: () => void) => () => {
      signal.removeEventListener('abort', stop);
      act();
    };
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = settle(() => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new ApiError(request.status, refusal(request)));
    });
    request.onerror = settle(() => reject(new NetworkError('The upload broke off.')));
    request.onabort = settle(() => reject(new DOMException('Upload cancelled', 'AbortError')));
    signal.addEventListener('abort', stop);
    request.open(ticket.method, ticket.url);
    for (const [name, value] of Object.entries(ticket.headers)) {
      if (!BROWSER_SETS.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.send(file);
  });
}

/** A script may not set these; the browser sends the right values itself. */
const BROWSER_SETS = new Set(['host', 'content-length']);

function refusal(request: XMLHttpRequest): string {
  const xml = /<Message>([^<]+)<\/Message>/.exec(request.responseText)?.[1];
  const json = /"message"\s*:\s*"([^"]+)"/.exec(request.responseText)?.[1];
  return xml ?? json ?? `The storage answered ${request.status}.`;
}
