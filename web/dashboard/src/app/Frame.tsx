import AppLayout, { type AppLayoutProps } from '@cloudscape-design/components/app-layout';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { useMediaQuery } from '../shared/use-media-query';
import { Notifications } from './notifications';
import { hrefOf, VIEW_NAMES, VIEWS, type View } from './routes';

export interface Panel {
  readonly content: ReactNode;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

interface FrameProps {
  readonly view: View;
  readonly children: ReactNode;
  readonly contentType?: AppLayoutProps.ContentType;
  readonly panel?: Panel;
}

/** The layout around every view: navigation at the side, messages above, a panel for details. */
export function Frame({ view, children, contentType = 'default', panel }: FrameProps) {
  // Below this width Cloudscape turns the side navigation into a drawer; three links need none.
  const phone = useMediaQuery('(max-width: 688px)');
  const wide = useMediaQuery('(min-width: 1100px)');
  useTitle(view);
  const [navigationOpen, setNavigationOpen] = useState(wide);
  // Cloudscape closes it when the window gets narrow, and leaves it closed: open it again where there is room.
  useEffect(() => setNavigationOpen(wide), [wide]);
  const [size, setSize] = useState<number>();
  const [position, setPosition] = useState<'side' | 'bottom'>('side');
  return (
    <AppLayout
      headerSelector="#top-bar"
      contentType={contentType}
      toolsHide
      navigationHide={phone}
      navigationWidth={220}
      navigationOpen={navigationOpen}
      onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
      navigation={<Navigation view={view} onFollow={() => wide || setNavigationOpen(false)} />}
      notifications={<Notifications />}
      content={children}
      splitPanel={panel?.content}
      splitPanelOpen={panel?.open ?? false}
      onSplitPanelToggle={({ detail }) => panel?.onToggle(detail.open)}
      splitPanelSize={size}
      onSplitPanelResize={({ detail }) => setSize(detail.size)}
      splitPanelPreferences={{ position }}
      onSplitPanelPreferencesChange={({ detail }) => setPosition(detail.position)}
      ariaLabels={LABELS}
    />
  );
}

/** Each view is a page of its own to whoever reads the tab or hears it read. */
function useTitle(view: View): void {
  useEffect(() => {
    document.title = `${VIEW_NAMES[view]} – Cognate Files`;
    return () => {
      document.title = 'Cognate Files';
    };
  }, [view]);
}

function Navigation({ view, onFollow }: { readonly view: View; readonly onFollow: () => void }) {
  const items = VIEWS.map((one) => ({ type: 'link', text: VIEW_NAMES[one], href: hrefOf(one) }) as const);
  return <SideNavigation activeHref={hrefOf(view)} onFollow={onFollow} items={items} />;
}

/** The same links for a narrow screen; it stays on screen under the top bar. */
export function PhoneNavigation({ view }: { readonly view: View }) {
  return (
    <nav className="phone-nav" aria-label="Main navigation">
      {VIEWS.map((one) => (
        <a key={one} href={hrefOf(one)} aria-current={one === view ? 'page' : undefined}>
          {VIEW_NAMES[one]}
        </a>
      ))}
    </nav>
  );
}

const LABELS: AppLayoutProps.Labels = {
  navigation: 'Main navigation',
  navigationToggle: 'Open navigation',
  navigationClose: 'Close navigation',
  notifications: 'Messages',
};
