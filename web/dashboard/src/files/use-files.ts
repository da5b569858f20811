import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useAuth } from 'react-oidc-context';
import { type FileRecord, listFiles } from '../api/files';
import { useServices } from '../app/services';
import { withOwnName } from './own-name';

export interface Files {
  readonly items: readonly FileRecord[];
  /** The first load is under way, or a refresh. */
  readonly loading: boolean;
  readonly error: unknown;
  readonly cut: boolean;
  readonly refresh: () => void;
  /** Takes files off the list at once; the server has deleted them. */
  readonly forget: (keys: ReadonlySet<string>) => void;
}

/** The list of files, loaded at the start, after each upload and on demand. The latest answer wins. */
export function useFiles(): Files {
  const { api, uploads } = useServices();
  const [state, setState] = useState({
    items: [] as readonly FileRecord[],
    cut: false,
    loading: true,
    error: undefined as unknown,
  });
  const running = useRef<AbortController>(undefined);

  const refresh = useCallback(() => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setState((now) => ({ ...now, loading: true }));
    listFiles(api, mine.signal).then(
      (list) => mine.signal.aborted || setState({ ...list, loading: false, error: undefined }),
      (error: unknown) => mine.signal.aborted || setState((now) => ({ ...now, loading: false, error })),
    );
  }, [api]);

  useEffect(() => {
    refresh();
    const stopListening = uploads.onDone(refresh);
    return () => {
      stopListening();
      running.current?.abort();
    };
  }, [refresh, uploads]);

  const forget = useCallback((keys: ReadonlySet<string>) => {
    setState((now) => ({ ...now, items: now.items.filter(({ key }) => !keys.has(key)) }));
  }, []);

  const viewer = useAuth().user?.profile;
  const items = useMemo(() => state.items.map((file) => withOwnName(file, viewer)), [state.items, viewer]);
  return { ...state, items, refresh, forget };
}
