import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { explainCognito } from '../cognito/client';
import { finishTotp, groupSecret, otpauthUri } from '../cognito/totp';
import { QrCode } from '../shared/QrCode';
import { useWithToken } from './use-account';

interface EnrolmentProps {
  readonly secret: string;
  readonly accountName: string;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** Secret to the app by QR code or by hand, then one code back as proof. */
export function Enrolment({ secret, accountName, onDone, onCancel }: EnrolmentProps) {
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, xs: 4 } }, { colspan: { default: 12, xs: 8 } }]}>
      <QrCode text={otpauthUri('Cognate Files', accountName, secret)} label="QR code for your authenticator app" />
      <SpaceBetween size="l">
        <Box>
          <Box variant="h3">1. Scan the code with your app</Box>
          <Box variant="p">No camera? Enter this key by hand:</Box>
          <CopyToClipboard
            variant="inline"
            textToCopy={secret}
            textToDisplay={<span className="mono">{groupSecret(secret)}</span>}
            wrapText
            copyButtonAriaLabel="Copy the key"
            copySuccessText="Copied"
            copyErrorText="Could not copy"
          />
        </Box>
        <Proof onDone={onDone} onCancel={onCancel} />
      </SpaceBetween>
    </Grid>
  );
}

function Proof({ onDone, onCancel }: Pick<EnrolmentProps, 'onDone' | 'onCancel'>) {
  const withToken = useWithToken();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const digits = code.replace(/\s/g, '');
    if (!/^\d{6}$/.test(digits)) {
      setProblem('Enter the six digits your app shows.');
      return;
    }
    setBusy(true);
    setProblem('');
    try {
      await withToken((call, token) => finishTotp(call, token, digits));
      onDone();
    } catch (error) {
      setProblem(explainCognito(error));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Form
        actions={
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" formAction="none" disabled={busy} onClick={onCancel}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy}>
              Turn on
            </Button>
          </SpaceBetween>
        }
      >
        <FormField
          label="2. Enter the code it shows"
          description="Six digits, new every 30 seconds."
          errorText={problem}
        >
          <Input
            value={code}
            onChange={({ detail }) => setCode(detail.value)}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            placeholder="123456"
            spellcheck={false}
          />
        </FormField>
      </Form>
    </form>
  );
}
