import type { FileRecord } from '../api/files';

/** Who is looking, as the ID token says it. */
export interface Viewer {
  readonly sub: string;
  readonly email?: string;
}

/**
 * An access token carries no e-mail address, so the API may know an uploader by user id only. The viewer's own files
 * can be given their address here.
 */
export function withOwnName(file: FileRecord, viewer: Viewer | undefined): FileRecord {
  if (!viewer?.email || file.uploader !== viewer.sub) return file;
  return { ...file, uploaderName: viewer.email };
}
