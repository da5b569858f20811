import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useAuth } from 'react-oidc-context';
import { Frame } from '../app/Frame';
import { AskTheApi } from './AskTheApi';
import { RecentCalls } from './RecentCalls';
import { SessionFacts } from './SessionFacts';
import { Tokens } from './Tokens';

/** Shows what the page holds and how the gateway treats it. */
export function SessionPage() {
  const { user } = useAuth();
  return (
    <Frame view="session">
      <ContentLayout
        header={
          <Header variant="h1" description="The tokens this page was given, and what the API makes of them.">
            Session
          </Header>
        }
      >
        {user && (
          <SpaceBetween size="l">
            <SessionFacts user={user} />
            <AskTheApi />
            <Tokens user={user} />
            <RecentCalls />
          </SpaceBetween>
        )}
      </ContentLayout>
    </Frame>
  );
}
