import { useSyncExternalStore } from 'react';
import type { CallRecord } from './client';

const KEPT = 12;

/** The latest exchanges with the API, newest first, for the session page. Lives as long as the tab. */
export class CallLog {
  private calls: readonly (CallRecord & { readonly id: number })[] = [];
  private readonly listeners = new Set<() => void>();
  private count = 0;

  readonly add = (call: CallRecord): void => {
    this.count += 1;
    this.calls = [{ ...call, id: this.count }, ...this.calls].slice(0, KEPT);
    for (const listener of this.listeners) listener();
  };

  readonly list = () => this.calls;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function useCalls(log: CallLog) {
  return useSyncExternalStore(log.subscribe, log.list);
}
