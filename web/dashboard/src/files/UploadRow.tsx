import Button from '@cloudscape-design/components/button';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { formatSize } from '../shared/format';
import type { Upload, UploadQueue } from './upload-queue';

/** One upload: its progress while it runs, its outcome afterwards. */
export function UploadRow({ upload, queue }: { readonly upload: Upload; readonly queue: UploadQueue }) {
  const { id, file, state } = upload;
  const open = state === 'waiting' || state === 'running';
  return (
    <li className="upload">
      <div className="upload-body">{open ? <Running upload={upload} /> : <Outcome upload={upload} />}</div>
      {open && (
        <Button iconName="close" ariaLabel={`Cancel the upload of ${file.name}`} onClick={() => queue.cancel(id)}>
          Cancel
        </Button>
      )}
      {state === 'failed' && (
        <Button iconName="refresh" ariaLabel={`Try again to upload ${file.name}`} onClick={() => queue.retry(id)}>
          Try again
        </Button>
      )}
    </li>
  );
}

function Running({ upload: { file, progress, state } }: { readonly upload: Upload }) {
  return (
    <ProgressBar
      value={Math.floor(progress * 100)}
      label={file.name}
      ariaLabel={`Uploading ${file.name}`}
      additionalInfo={
        state === 'waiting' ? 'Waiting' : `${formatSize(Math.round(progress * file.size))} of ${formatSize(file.size)}`
      }
    />
  );
}

function Outcome({ upload: { file, state, problem } }: { readonly upload: Upload }) {
  const name = `${file.name} (${formatSize(file.size)})`;
  switch (state) {
    case 'done':
      return <StatusIndicator type="success">{name} uploaded</StatusIndicator>;
    case 'cancelled':
      return <StatusIndicator type="stopped">{name} cancelled</StatusIndicator>;
    default:
      return (
        <StatusIndicator type="error">
          {name} failed. {problem}
        </StatusIndicator>
      );
  }
}
