import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import { useCallback, useEffect, useState } from 'react';
import { useAuth } from 'react-oidc-context';
import { explain } from '../api/errors';
import { type FileDetail, type FileRecord, fileDetail } from '../api/files';
import { useNotify } from '../app/notifications';
import { useServices } from '../app/services';
import { formatSize, formatTime } from '../shared/format';
import { FileStatus } from './columns';
import { download } from './download';
import { withOwnName } from './own-name';
import { Preview } from './Preview';

/** Details of one file: preview, facts, download, delete. */
export function FilePanel({ file, onDelete }: { readonly file: FileRecord; readonly onDelete: () => void }) {
  const { detail, error, reload } = useDetail(file);
  const { api } = useServices();
  const notify = useNotify();
  const [saving, setSaving] = useState(false);
  const latest = withOwnName(detail?.metadata ?? file, useAuth().user?.profile);
  const problem = error === undefined ? undefined : explain(error);

  const save = async () => {
    setSaving(true);
    await download(api, latest).catch((reason: unknown) => notify({ type: 'error', text: explain(reason).text }));
    setSaving(false);
  };

  return (
    <SplitPanel header={file.fileName} closeBehavior="hide">
      <SpaceBetween size="l">
        {problem && (
          <Alert type="error" header={problem.title} action={<Button onClick={reload}>Try again</Button>}>
            {problem.text}
          </Alert>
        )}
        <Preview file={latest} url={detail?.downloadUrl} loading={!detail && !problem} />
        <SpaceBetween size="xs" direction="horizontal">
          <Button
            iconName="download"
            loading={saving}
            disabled={!detail?.downloadUrl}
            onClick={() => void save()}
            ariaLabel={`Download ${latest.fileName}`}
          >
            Download
          </Button>
          <Button iconName="remove" onClick={onDelete} ariaLabel={`Delete ${latest.fileName}`}>
            Delete
          </Button>
        </SpaceBetween>
        <KeyValuePairs items={facts(latest)} />
      </SpaceBetween>
    </SplitPanel>
  );
}

function useDetail({ key }: FileRecord) {
  const { api } = useServices();
  const [state, setState] = useState<{ readonly detail?: FileDetail; readonly error?: unknown }>({});
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is what "Try again" counts up.
  useEffect(() => {
    const stop = new AbortController();
    fileDetail(api, key, stop.signal).then(
      (detail) => stop.signal.aborted || setState({ detail }),
      (error: unknown) => stop.signal.aborted || setState({ error }),
    );
    return () => stop.abort();
  }, [api, key, attempt]);

  const reload = useCallback(() => {
    setState({});
    setAttempt((count) => count + 1);
  }, []);
  return { ...state, reload };
}

function facts(file: FileRecord) {
  return [
    { label: 'Status', value: <FileStatus file={file} /> },
    {
      label: 'Size',
      value: `${formatSize(file.size)}${file.size >= 1024 ? ` (${file.size.toLocaleString('en')} bytes)` : ''}`,
    },
    { label: 'Type', value: file.contentType },
    { label: 'Uploaded by', value: file.uploaderName },
    { label: 'Created', value: formatTime(file.createdAt) },
    { label: 'Completed', value: formatTime(file.completedAt) },
    { label: 'SHA-256', value: <span className="mono">{file.checksumSha256 ?? '–'}</span> },
    { label: 'Key', value: <span className="mono">{file.key}</span> },
  ];
}
