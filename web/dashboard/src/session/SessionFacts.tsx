import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { User } from 'oidc-client-ts';
import { useState } from 'react';
import { explain } from '../api/errors';
import { useNotify } from '../app/notifications';
import { useServices } from '../app/services';
import { formatCountdown, formatTime } from '../shared/format';
import { useNow } from '../shared/use-now';

export function SessionFacts({ user }: { readonly user: User }) {
  const { config, session } = useServices();
  const notify = useNotify();
  const [renewing, setRenewing] = useState(false);

  const renew = async () => {
    setRenewing(true);
    try {
      if (await session.renew()) notify({ type: 'success', text: 'The tokens were renewed.' });
    } catch (error) {
      notify({ type: 'error', text: explain(error).text });
    }
    setRenewing(false);
  };

  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button loading={renewing} disabled={!user.refresh_token} onClick={() => void renew()}>
              Renew now
            </Button>
          }
        >
          Signed in
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        minColumnWidth={220}
        items={[
          { label: 'User', value: user.profile.email ?? user.profile.sub },
          { label: 'User id (sub)', value: <span className="mono">{user.profile.sub}</span> },
          { label: 'Groups', value: groups(user) },
          { label: 'Access token', value: <Expiry expiresAt={user.expires_at} /> },
          { label: 'Signed in at', value: signedInAt(user) },
          { label: 'Renewal', value: user.refresh_token ? 'By refresh token, automatic' : 'None: no refresh token' },
          { label: 'Issuer', value: <span className="mono">{config.authority}</span> },
          { label: 'App client', value: <span className="mono">{config.clientId}</span> },
          { label: 'Scopes', value: <span className="mono">{user.scopes.join(' ')}</span> },
        ]}
      />
    </Container>
  );
}

/** Counts down; a live region would read a number each second, so it is none. */
function Expiry({ expiresAt = 0 }: { readonly expiresAt: number | undefined }) {
  const left = expiresAt - useNow() / 1000;
  const type = left <= 0 ? 'error' : left < 300 ? 'warning' : 'success';
  return <StatusIndicator type={type}>{left <= 0 ? 'Expired' : `Expires in ${formatCountdown(left)}`}</StatusIndicator>;
}

function groups(user: User): string {
  const value = user.profile['cognito:groups'];
  return Array.isArray(value) && value.length > 0 ? value.join(', ') : '–';
}

function signedInAt(user: User): string {
  const seconds = user.profile.auth_time;
  return formatTime(seconds ? new Date(seconds * 1000).toISOString() : undefined);
}
