import type { ApiClient } from '../api/client';
import { ApiError, NetworkError } from '../api/errors';
import { type FileRecord, fileDetail } from '../api/files';

/** The storage serves these for showing in a page; everything else it only lets one download. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

export function isShown(file: FileRecord): boolean {
  return SHOWN.has(file.contentType.toLowerCase());
}

/**
 * Saves a file on the user's machine, by an address asked for just now: one from a panel left open may have expired.
 * A file that the storage serves for showing would replace this page, so its bytes are fetched first.
 */
export async function download(api: ApiClient, file: FileRecord): Promise<void> {
  const { downloadUrl } = await fileDetail(api, file.key);
  if (!downloadUrl) throw new Error('The bytes of this file have not arrived yet.');
  if (!isShown(file)) return follow(downloadUrl, file.fileName);
  const address = URL.createObjectURL(await fetchBytes(downloadUrl));
  follow(address, file.fileName);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function fetchBytes(url: string): Promise<Blob> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new NetworkError('The storage did not answer.', { cause });
  });
  if (!response.ok) throw new ApiError(response.status, `The storage answered ${response.status}.`);
  return response.blob();
}

function follow(href: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = fileName;
  link.rel = 'noopener';
  link.click();
}
