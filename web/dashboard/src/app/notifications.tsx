import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

type Notice = { readonly type: 'success' | 'error' | 'info'; readonly text: string };

interface Notifications {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  readonly notify: (notice: Notice) => void;
}

const Context = createContext<Notifications>({ items: [], notify: () => undefined });

let lastId = 0;

/** Short messages about what just happened; good news leaves by itself. */
export function NotificationsProvider({ children }: { readonly children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);

  const notify = useCallback(({ type, text }: Notice) => {
    lastId += 1;
    const id = String(lastId);
    const dismiss = () => setItems((now) => now.filter((item) => item.id !== id));
    setItems((now) => [
      { id, type, content: text, dismissible: true, dismissLabel: 'Dismiss message', onDismiss: dismiss },
      ...now.slice(0, 3),
    ]);
    if (type === 'success') setTimeout(dismiss, 6000);
  }, []);

  const value = useMemo(() => ({ items, notify }), [items, notify]);
  return <Context value={value}>{children}</Context>;
}

export function useNotify() {
  return useContext(Context).notify;
}

export function Notifications() {
  return <Flashbar items={useContext(Context).items} stackItems />;
}
