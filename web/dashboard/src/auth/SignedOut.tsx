import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAuth } from 'react-oidc-context';
import { useServices } from '../app/services';
import { TopBar } from '../app/TopBar';
import { explainSignIn } from './explain-sign-in';
import { goToSignUp } from './oidc';
import { sessionWasEnded } from './session';

/** The start page: what this is, and the way in. */
export function SignedOut({ problem }: { readonly problem?: string }) {
  const auth = useAuth();
  const { config, manager } = useServices();
  const [unreachable, setUnreachable] = useState(false);
  const [going, setGoing] = useState<'in' | 'up'>();

  const go = (way: 'in' | 'up', leave: () => Promise<void>) => {
    setGoing(way);
    setUnreachable(false);
    leave().catch(() => {
      setUnreachable(true);
      setGoing(undefined);
    });
  };

  return (
    <>
      <TopBar />
      <main className="start">
        <div className="start-inner">
          <section className="start-words">
            <h1>Your files, behind a real sign-in.</h1>
            <p className="start-lead">
              Upload, preview and manage files in the browser. Every call is checked by the gateway before it reaches
              anything of yours.
            </p>
            <SpaceBetween size="m">
              <Notices problem={problem} unreachable={unreachable} />
              <SpaceBetween size="s" direction="horizontal">
                <Button
                  variant="primary"
                  loading={going === 'in'}
                  onClick={() => go('in', () => manager.signinRedirect())}
                >
                  Sign in
                </Button>
                <Button loading={going === 'up' || auth.isLoading} onClick={() => go('up', () => goToSignUp(manager))}>
                  Create an account
                </Button>
              </SpaceBetween>
              {config.demo && (
                <p className="start-hint">
                  Trying it out? The demo user’s name and password stand where <code>cognate dev</code> was started.
                </p>
              )}
            </SpaceBetween>
          </section>
          <ol className="start-steps" aria-label="How a call is protected">
            <Step title="You sign in">
              The managed login checks password and second factor. This page never sees either.
            </Step>
            <Step title="The page gets tokens">
              A code and PKCE bring an access token that lives an hour, in this tab only.
            </Step>
            <Step title="The gateway checks">
              Signature, issuer, audience, expiry: without a valid token the answer is 401.
            </Step>
          </ol>
        </div>
      </main>
    </>
  );
}

function Notices({ problem, unreachable }: { readonly problem?: string; readonly unreachable: boolean }) {
  if (unreachable) {
    return (
      <Alert type="error" header="The sign-in page cannot be reached">
        The user pool did not answer. Check that the server is running, then try again.
      </Alert>
    );
  }
  if (problem) {
    return (
      <Alert type="error" header="The sign-in did not succeed">
        {explainSignIn(problem)} Try again.
      </Alert>
    );
  }
  if (sessionWasEnded()) {
    return (
      <Alert type="info" header="Your session has ended">
        Sign in again to go on.
      </Alert>
    );
  }
  return null;
}

function Step({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <li>
      <h2>{title}</h2>
      <p>{children}</p>
    </li>
  );
}
