import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useNotify } from '../app/notifications';
import { explainCognito } from '../cognito/client';
import { type Account, beginTotp } from '../cognito/totp';
import { Enrolment } from './Enrolment';
import { RemoveTotp } from './RemoveTotp';
import { useWithToken } from './use-account';

interface AuthenticatorAppProps {
  readonly account: Account;
  readonly onChange: () => Promise<void>;
}

/** Second factor by authenticator app: whether it is on, setting it up, taking it away. */
export function AuthenticatorApp({ account, onChange }: AuthenticatorAppProps) {
  const withToken = useWithToken();
  const notify = useNotify();
  const [secret, setSecret] = useState<string>();
  const [starting, setStarting] = useState(false);
  const [removing, setRemoving] = useState(false);

  const begin = async () => {
    setStarting(true);
    try {
      setSecret(await withToken(beginTotp));
    } catch (error) {
      notify({ type: 'error', text: explainCognito(error) });
    }
    setStarting(false);
  };

  const finish = async (text: string) => {
    setSecret(undefined);
    setRemoving(false);
    notify({ type: 'success', text });
    await onChange();
  };

  const action = account.totp ? (
    <Button onClick={() => setRemoving(true)}>Remove</Button>
  ) : (
    <Button variant="primary" loading={starting} onClick={() => void begin()}>
      Set up
    </Button>
  );

  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={secret ? undefined : action}
          description="A six-digit code from an app on your phone, asked for after the password."
        >
          Authenticator app
        </Header>
      }
    >
      {secret ? (
        <Enrolment
          secret={secret}
          accountName={account.attributes.email ?? account.username}
          onDone={() => void finish('The authenticator app is on. Your next sign-in asks for a code.')}
          onCancel={() => setSecret(undefined)}
        />
      ) : (
        <State on={account.totp} />
      )}
      {removing && (
        <RemoveTotp
          onDone={() => void finish('The authenticator app was removed.')}
          onCancel={() => setRemoving(false)}
        />
      )}
    </Container>
  );
}

function State({ on }: { readonly on: boolean }) {
  if (on) return <StatusIndicator type="success">On: each sign-in asks for a code.</StatusIndicator>;
  return (
    <Box>
      <StatusIndicator type="stopped">Off: the password alone opens this account.</StatusIndicator>
    </Box>
  );
}
