import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { explainCognito } from '../cognito/client';
import { removeTotp } from '../cognito/totp';
import { useWithToken } from './use-account';

/** Asks before the second factor goes. */
export function RemoveTotp({ onDone, onCancel }: { readonly onDone: () => void; readonly onCancel: () => void }) {
  const withToken = useWithToken();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const remove = async () => {
    setBusy(true);
    try {
      await withToken(removeTotp);
      onDone();
    } catch (error) {
      setProblem(explainCognito(error));
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      onDismiss={() => busy || onCancel()}
      header="Remove the authenticator app?"
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" disabled={busy} onClick={onCancel}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} onClick={() => void remove()}>
              Remove
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>From then on your password alone opens this account.</Box>
        {problem && <Alert type="error">{problem}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
