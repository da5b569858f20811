import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { ApiError, explain } from '../api/errors';
import { deleteFile, type FileRecord } from '../api/files';
import { useServices } from '../app/services';

const NAMED = 5;

interface DeleteFilesProps {
  readonly files: readonly FileRecord[];
  readonly onDeleted: (gone: readonly FileRecord[]) => void;
  readonly onClose: () => void;
}

/** Asks before deleting; stays open with the reason when one could not be deleted. */
export function DeleteFiles({ files, onDeleted, onClose }: DeleteFilesProps) {
  const { api } = useServices();
  const [left, setLeft] = useState(files);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    const gone: FileRecord[] = [];
    try {
      for (const file of left) {
        await deleteUnlessGone(() => deleteFile(api, file.key));
        gone.push(file);
      }
      onDeleted(gone);
      onClose();
    } catch (error) {
      onDeleted(gone);
      setLeft(left.filter((file) => !gone.includes(file)));
      setProblem(explain(error).text);
      setBusy(false);
    }
  };

  const many = left.length > 1;
  return (
    <Modal
      visible
      onDismiss={() => busy || onClose()}
      header={many ? `Delete ${left.length} files?` : 'Delete this file?'}
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" disabled={busy} onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} onClick={() => void run()}>
              Delete
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <ul className="names">
          {left.slice(0, NAMED).map((file) => (
            <li key={file.key}>{file.fileName}</li>
          ))}
          {left.length > NAMED && <li>and {left.length - NAMED} more</li>}
        </ul>
        <Box>{many ? 'The files and their records' : 'The file and its record'} are removed for good.</Box>
        {problem && (
          <Alert type="error" header="Not everything could be deleted">
            {problem}
          </Alert>
        )}
      </SpaceBetween>
    </Modal>
  );
}

/** Somebody was quicker: what the user wanted is the case. */
async function deleteUnlessGone(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
