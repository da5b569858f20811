import { useEffect, useState } from 'react';
import { AuthProvider } from 'react-oidc-context';
import { wasBegunElsewhere } from '../auth/begun-elsewhere';
import { loadConfig } from '../config/config';
import { App } from './App';
import { CenteredProblem, CenteredWait } from './Centered';
import { createServices, type Services, ServicesContext } from './services';

type Progress = { readonly services?: Services; readonly problem?: string };

/** Fetches the configuration, restores an earlier session of this tab and hands both to the app. */
export function Boot() {
  const [{ services, problem }, setProgress] = useState<Progress>({});
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is what "Try again" counts up.
  useEffect(() => {
    let wanted = true;
    start().then(
      (made) => wanted && setProgress({ services: made }),
      (error: unknown) => wanted && setProgress({ problem: String(error instanceof Error ? error.message : error) }),
    );
    return () => {
      wanted = false;
    };
  }, [attempt]);

  if (problem) {
    const again = () => {
      setProgress({});
      setAttempt((count) => count + 1);
    };
    return <CenteredProblem title="The page could not read its configuration" text={problem} onRetry={again} />;
  }
  if (!services) return <CenteredWait text="Starting" />;
  return (
    <ServicesContext value={services}>
      <AuthProvider userManager={services.manager} onSigninCallback={cleanAddress}>
        <App />
      </AuthProvider>
    </ServicesContext>
  );
}

async function start(): Promise<Services> {
  const services = createServices(await loadConfig());
  await services.session.restore();
  if (wasBegunElsewhere(window.location.search)) {
    cleanAddress();
    // Who is signed in already stays who they are. Where nobody answers, the start page can say so.
    if (!services.session.accessToken()) await services.manager.signinRedirect().catch(() => undefined);
  }
  return services;
}

/** The code in the address is used up: it must not stay in the history or be tried again by a reload. */
function cleanAddress(): void {
  window.history.replaceState({}, document.title, '/');
}
