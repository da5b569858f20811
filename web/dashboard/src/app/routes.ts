import { useSyncExternalStore } from 'react';

/** The views of the page. They live behind `#`, so that the server needs one document only. */
export const VIEWS = ['files', 'session', 'security'] as const;
export type View = (typeof VIEWS)[number];

export const VIEW_NAMES: Readonly<Record<View, string>> = { files: 'Files', session: 'Session', security: 'Security' };

export function hrefOf(view: View): string {
  return `#/${view}`;
}

export function viewOf(hash: string): View {
  const name = hash.replace(/^#\/?/, '');
  return VIEWS.find((view) => view === name) ?? 'files';
}

export function useView(): View {
  return useSyncExternalStore(subscribe, () => viewOf(window.location.hash));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
