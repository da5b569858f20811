import { explain } from '../api/errors';

export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  /** 0..1 */
  readonly progress: number;
  readonly problem?: string;
}

export interface UploadHooks {
  readonly onKey: (key: string) => void;
  readonly onProgress: (part: number) => void;
  readonly signal: AbortSignal;
}

export type UploadFile = (file: File, hooks: UploadHooks) => Promise<void>;

const AT_ONCE = 3;

/** Uploads a few files at a time; lives outside the views, so that looking elsewhere stops nothing. */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly running = new Map<number, { readonly abort: AbortController; key?: string }>();
  private readonly listeners = new Set<() => void>();
  private readonly doneListeners = new Set<(upload: Upload) => void>();
  private lastId = 0;

  constructor(
    private readonly upload: UploadFile,
    /** Removes the record of an upload that will never be finished. */
    private readonly discard: (key: string) => Promise<void>,
  ) {}

  readonly list = (): readonly Upload[] => this.uploads;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly onDone = (listener: (upload: Upload) => void): (() => void) => {
    this.doneListeners.add(listener);
    return () => this.doneListeners.delete(listener);
  };

  get busy(): boolean {
    return this.uploads.some(isOpen);
  }

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      this.lastId += 1;
      return { id: this.lastId, file, state: 'waiting', progress: 0 };
    });
    this.set([...this.uploads, ...added]);
    this.startNext();
  }

  cancel(id: number): void {
    if (!this.uploads.some((upload) => upload.id === id && isOpen(upload))) return;
    this.change(id, { state: 'cancelled' });
    this.running.get(id)?.abort.abort();
  }

  retry(id: number): void {
    this.change(id, { state: 'waiting', progress: 0, problem: undefined });
    this.startNext();
  }

  /** Takes everything off the list that is over. */
  clear(): void {
    this.set(this.uploads.filter(isOpen));
  }

  private startNext(): void {
    for (const upload of this.uploads) {
      if (this.running.size >= AT_ONCE) return;
      if (upload.state === 'waiting') void this.run(upload);
    }
  }

  private async run({ id, file }: Upload): Promise<void> {
    const job: { abort: AbortController; key?: string } = { abort: new AbortController() };
    this.running.set(id, job);
    this.change(id, { state: 'running' });
    try {
      await this.upload(file, {
        onKey: (key) => {
          job.key = key;
        },
        onProgress: (progress) => this.change(id, { progress }),
        signal: job.abort.signal,
      });
      this.finish(id);
    } catch (error) {
      this.fail(id, error, job);
    } finally {
      this.running.delete(id);
      this.startNext();
    }
  }

  private finish(id: number): void {
    this.change(id, { state: 'done', progress: 1 });
    const upload = this.uploads.find((one) => one.id === id);
    if (upload) for (const listener of this.doneListeners) listener(upload);
  }

  private fail(id: number, error: unknown, job: { abort: AbortController; key?: string }): void {
    // The server sweeps what we cannot remove now; nobody need hear of it.
    if (job.key) void this.discard(job.key).catch(() => undefined);
    if (!job.abort.signal.aborted) this.change(id, { state: 'failed', problem: explain(error).text });
  }

  private change(id: number, part: Partial<Upload>): void {
    this.set(this.uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
  }

  private set(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

function isOpen(upload: Upload): boolean {
  return upload.state === 'waiting' || upload.state === 'running';
}
