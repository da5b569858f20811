import type { ApiClient } from '../api/client';
import { askForUpload } from '../api/files';
import { putObject } from '../api/put-object';
import type { UploadFile } from './upload-queue';

/** One upload: ask the API for a presigned URL, then send the bytes there. */
export function uploadOver(api: ApiClient): UploadFile {
  return async (file, { onKey, onProgress, signal }) => {
    const ticket = await askForUpload(api, file, signal);
    onKey(ticket.key);
    await putObject(ticket, file, onProgress, signal);
  };
}
