import { expect, it } from 'vitest';
import type { FileRecord } from '../api/files';
import { withOwnName } from './own-name';

const file = { uploader: 'sub-1', uploaderName: 'sub-1' } as FileRecord;

it('names the viewer’s own files by address and leaves the others alone', () => {
  expect(withOwnName(file, { sub: 'sub-1', email: 'a@b.c' }).uploaderName).toBe('a@b.c');
  expect(withOwnName(file, { sub: 'sub-2', email: 'a@b.c' })).toBe(file);
  expect(withOwnName(file, { sub: 'sub-1' })).toBe(file);
  expect(withOwnName(file, undefined)).toBe(file);
});
