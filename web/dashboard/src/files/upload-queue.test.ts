import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { type UploadHooks, UploadQueue } from './upload-queue';

const file = (name: string) => new File(['x'], name);
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A queue whose uploads end when the test says so. */
function setUp() {
  const started: { name: string; hooks: UploadHooks; end: () => void; fail: (error: unknown) => void }[] = [];
  const discard = vi.fn(async (_key: string) => undefined);
  const queue = new UploadQueue(
    ({ name }, hooks) =>
      new Promise<void>((end, fail) => {
        started.push({ name, hooks, end, fail });
        hooks.onKey(`key-${name}`);
        hooks.signal.addEventListener('abort', () => fail(new DOMException('stop', 'AbortError')));
      }),
    discard,
  );
  const states = () => queue.list().map(({ state }) => state);
  return { queue, started, discard, states };
}

describe('UploadQueue', () => {
  it('runs three at once and starts the next when one ends', async () => {
    const { queue, started, states } = setUp();
    queue.add(['a', 'b', 'c', 'd'].map(file));
    expect(states()).toEqual(['running', 'running', 'running', 'waiting']);
    started[0]?.end();
    await settled();
    expect(states()).toEqual(['done', 'running', 'running', 'running']);
  });

  it('shows progress and tells who listens that a file is there', async () => {
    const { queue, started } = setUp();
    const done = vi.fn();
    queue.onDone(done);
    queue.add([file('a')]);
    started[0]?.hooks.onProgress(0.5);
    expect(queue.list()[0]?.progress).toBe(0.5);
    started[0]?.end();
    await settled();
    expect(done).toHaveBeenCalledTimes(1);
    expect(queue.busy).toBe(false);
  });

  it('cancels: the transfer stops and the half-made record goes', async () => {
    const { queue, started, discard, states } = setUp();
    queue.add([file('a')]);
    queue.cancel(1);
    await settled();
    expect(started[0]?.hooks.signal.aborted).toBe(true);
    expect(discard).toHaveBeenCalledWith('key-a');
    expect(states()).toEqual(['cancelled']);
  });

  it('cancels one that waits without ever starting it', async () => {
    const { queue, started, states } = setUp();
    queue.add(['a', 'b', 'c', 'd'].map(file));
    queue.cancel(4);
    started[0]?.end();
    await settled();
    expect(started).toHaveLength(3);
    expect(states()[3]).toBe('cancelled');
  });

  it('keeps the reason of a failure and tries again on demand', async () => {
    const { queue, started, states } = setUp();
    queue.add([file('a')]);
    started[0]?.fail(new ApiError(400, 'size is too large'));
    await settled();
    expect(queue.list()[0]).toMatchObject({ state: 'failed', problem: 'size is too large.' });
    queue.retry(1);
    expect(states()).toEqual(['running']);
  });

  it('clears what is over and keeps what runs', async () => {
    const { queue, started } = setUp();
    queue.add(['a', 'b'].map(file));
    started[0]?.end();
    await settled();
    queue.clear();
    expect(queue.list().map(({ file: { name } }) => name)).toEqual(['b']);
  });
});
