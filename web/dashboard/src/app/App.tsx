import { useState } from 'react';
import { useAuth } from 'react-oidc-context';
import { logoutUrl } from '../auth/oidc';
import { SignedOut } from '../auth/SignedOut';
import { signOut } from '../auth/session';
import { FilesPage } from '../files/FilesPage';
import { SecurityPage } from '../security/SecurityPage';
import { SessionPage } from '../session/SessionPage';
import { CenteredWait } from './Centered';
import { NotificationsProvider } from './notifications';
import { useView } from './routes';
import { useServices } from './services';
import { TopBar } from './TopBar';

const PAGES = { files: FilesPage, session: SessionPage, security: SecurityPage } as const;

/** Decides between start page and work, and holds what both share: the bar at the top. */
export function App() {
  const auth = useAuth();
  const { config, manager } = useServices();
  const [leaving, setLeaving] = useState(false);
  const Page = PAGES[useView()];

  const leave = () => {
    setLeaving(true);
    void signOut(manager, logoutUrl(config, window.location.origin));
  };

  if (leaving) return <CenteredWait text="Signing you out" />;
  // Renewals run in the background and must not take the page away from the user.
  if (auth.isLoading && !auth.user) return <CenteredWait text="Signing you in" />;
  // An expired access token is renewed by the first call that needs it; the user stays where they are.
  if (!auth.user)
    return <SignedOut problem={auth.error?.source === 'signinCallback' ? auth.error.message : undefined} />;
  return (
    <NotificationsProvider>
      <TopBar user={auth.user} onSignOut={leave} />
      <Page />
    </NotificationsProvider>
  );
}
