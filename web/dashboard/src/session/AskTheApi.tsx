import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { BareAnswer } from '../api/client';
import { ApiError, explain } from '../api/errors';
import { useServices } from '../app/services';

const PATH = '/metadata/list?limit=1';

type Outcome =
  | { readonly kind: 'without'; readonly answer: BareAnswer }
  | { readonly kind: 'with'; readonly status: number }
  | { readonly kind: 'problem'; readonly title: string; readonly text: string };

/** Lets a person see the protection at work: the same call with and without the token. */
export function AskTheApi() {
  const { api, config } = useServices();
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState<'with' | 'without'>();

  const ask = async (kind: 'with' | 'without') => {
    setBusy(kind);
    try {
      if (kind === 'without') setOutcome({ kind, answer: await api.callWithoutToken('GET', PATH) });
      else setOutcome({ kind, status: await callWith(() => api.call('GET', PATH)) });
    } catch (error) {
      setOutcome({ kind: 'problem', ...explain(error) });
    }
    setBusy(undefined);
  };

  return (
    <Container
      header={
        <Header variant="h2" description={`GET ${config.apiUrl}${PATH}`}>
          Ask the API yourself
        </Header>
      }
    >
      <SpaceBetween size="m">
        <SpaceBetween size="xs" direction="horizontal">
          <Button loading={busy === 'without'} onClick={() => void ask('without')}>
            Call without a token
          </Button>
          <Button loading={busy === 'with'} onClick={() => void ask('with')}>
            Call with the token
          </Button>
        </SpaceBetween>
        <div aria-live="polite">{outcome && <Shown outcome={outcome} />}</div>
      </SpaceBetween>
    </Container>
  );
}

async function callWith(call: () => Promise<unknown>): Promise<number> {
  try {
    await call();
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}

function Shown({ outcome }: { readonly outcome: Outcome }) {
  if (outcome.kind === 'problem') {
    return (
      <Alert type="error" header={outcome.title}>
        {outcome.text}
      </Alert>
    );
  }
  if (outcome.kind === 'with') {
    return (
      <StatusIndicator type={outcome.status === 200 ? 'success' : 'error'}>
        {outcome.status} {outcome.status === 200 ? 'OK: the gateway let the call through.' : 'The call was refused.'}
      </StatusIndicator>
    );
  }
  return <Refusal answer={outcome.answer} />;
}

function Refusal({ answer }: { readonly answer: BareAnswer }) {
  const header = (wanted: string) => answer.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const refused = answer.status === 401;
  return (
    <SpaceBetween size="s">
      <StatusIndicator type={refused ? 'success' : 'error'}>
        {answer.status}{' '}
        {refused ? 'Unauthorized: refused before it reached the application, as it should be.' : 'A 401 was expected.'}
      </StatusIndicator>
      <KeyValuePairs
        columns={2}
        minColumnWidth={220}
        items={[
          { label: 'www-authenticate', value: <Readable value={header('www-authenticate')} /> },
          { label: 'apigw-requestid', value: <Readable value={header('apigw-requestid')} /> },
        ]}
      />
      <pre className="code-block">{answer.body || '(empty body)'}</pre>
    </SpaceBetween>
  );
}

/** Which headers a script may read is the API's choice (`Access-Control-Expose-Headers`). */
function Readable({ value }: { readonly value: string | undefined }) {
  if (value === undefined) return <Box color="text-body-secondary">sent, but not exposed to scripts by CORS</Box>;
  return <span className="mono">{value}</span>;
}
