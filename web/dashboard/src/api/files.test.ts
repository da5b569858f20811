import { describe, expect, it, vi } from 'vitest';
import type { ApiClient } from './client';
import { listFiles, MOST_FILES } from './files';

function clientOf(pages: number, perPage: number) {
  const call = vi.fn(async (_method: string, path: string) => {
    const page = Number(new URL(path, 'http://x').searchParams.get('nextToken') ?? 0);
    return {
      items: Array.from({ length: perPage }, () => ({})),
      nextToken: page + 1 < pages ? `${page + 1}` : undefined,
    };
  });
  return { call, callWithoutToken: vi.fn() } as unknown as ApiClient & { call: typeof call };
}

describe('listFiles', () => {
  it('follows nextToken to the end', async () => {
    const api = clientOf(3, 100);
    const list = await listFiles(api);
    expect(list).toMatchObject({ cut: false });
    expect(list.items).toHaveLength(300);
    expect(api.call.mock.calls.map((call) => call[1])).toEqual([
      '/metadata/list?limit=100',
      '/metadata/list?limit=100&nextToken=1',
      '/metadata/list?limit=100&nextToken=2',
    ]);
  });

  it('stops at the most it takes and says so', async () => {
    const list = await listFiles(clientOf(100, 100));
    expect(list.items).toHaveLength(MOST_FILES);
    expect(list.cut).toBe(true);
  });
});
