import type { ApiClient } from './client';

/** A file as the API describes it. Times are ISO-8601, UTC. */
export interface FileRecord {
  readonly key: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
  readonly checksumSha256?: string;
  /** The uploader's `sub`. */
  readonly uploader: string;
  readonly uploaderName: string;
  /** `pending` until all bytes have arrived. */
  readonly status: 'pending' | 'complete';
  readonly createdAt: string;
  readonly completedAt?: string;
}

export interface FileDetail {
  readonly metadata: FileRecord;
  readonly downloadUrl?: string;
  readonly downloadUrlExpiresAt?: string;
}

export interface UploadTicket {
  readonly key: string;
  readonly url: string;
  readonly method: string;
  /** What the browser must send along; all of it is part of the signature. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
  readonly metadata: FileRecord;
}

const PAGE = 100;

/** The table sorts and filters in the browser; this many files it takes, and says so when there are more. */
export const MOST_FILES = 2000;

export interface FileList {
  readonly items: readonly FileRecord[];
  /** There are more files than the table takes. */
  readonly cut: boolean;
}

/** All the files this user may see, newest first. */
export async function listFiles(api: ApiClient, signal?: AbortSignal): Promise<FileList> {
  const items: FileRecord[] = [];
  let nextToken: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(nextToken && { nextToken }) });
    const page = await api.call<{ items: FileRecord[]; nextToken?: string }>('GET', `/metadata/list?${query}`, {
      signal,
    });
    items.push(...page.items);
    nextToken = page.nextToken;
  } while (nextToken && items.length < MOST_FILES);
  return { items, cut: nextToken !== undefined };
}

export function fileDetail(api: ApiClient, key: string, signal?: AbortSignal): Promise<FileDetail> {
  return api.call('GET', `/metadata?${new URLSearchParams({ key })}`, { signal });
}

export function deleteFile(api: ApiClient, key: string): Promise<void> {
  return api.call('DELETE', `/metadata?${new URLSearchParams({ key })}`);
}

export function askForUpload(api: ApiClient, file: File, signal: AbortSignal): Promise<UploadTicket> {
  return api.call('POST', '/upload-url', {
    body: { fileName: file.name, contentType: file.type || 'application/octet-stream', size: file.size },
    signal,
  });
}
