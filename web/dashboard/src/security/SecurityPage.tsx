import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Frame } from '../app/Frame';
import { explainCognito } from '../cognito/client';
import type { Account } from '../cognito/totp';
import { AuthenticatorApp } from './AuthenticatorApp';
import { useAccount } from './use-account';

/** The account as the user pool knows it, and its second factor. */
export function SecurityPage() {
  const { account, error, reload } = useAccount();
  return (
    <Frame view="security">
      <ContentLayout
        header={
          <Header variant="h1" description="Your account in the user pool, and the second step of your sign-in.">
            Security
          </Header>
        }
      >
        {error !== undefined && (
          <Alert
            type="error"
            header="Your account could not be read"
            action={<Button onClick={() => void reload()}>Try again</Button>}
          >
            {explainCognito(error)}
          </Alert>
        )}
        {!account && error === undefined && <StatusIndicator type="loading">Reading your account</StatusIndicator>}
        {account && (
          <SpaceBetween size="l">
            <AuthenticatorApp account={account} onChange={reload} />
            <Profile account={account} />
          </SpaceBetween>
        )}
      </ContentLayout>
    </Frame>
  );
}

function Profile({ account: { username, attributes } }: { readonly account: Account }) {
  const verified = attributes.email_verified === 'true';
  return (
    <Container header={<Header variant="h2">Account</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={220}
        items={[
          { label: 'E-mail', value: attributes.email ?? '–' },
          {
            label: 'E-mail confirmed',
            value: <StatusIndicator type={verified ? 'success' : 'warning'}>{verified ? 'Yes' : 'No'}</StatusIndicator>,
          },
          { label: 'User name', value: <span className="mono">{username}</span> },
        ]}
      />
    </Container>
  );
}
