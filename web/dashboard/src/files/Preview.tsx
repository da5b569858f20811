import Box from '@cloudscape-design/components/box';
import Icon from '@cloudscape-design/components/icon';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import type { FileRecord } from '../api/files';
import { isShown } from './download';

interface PreviewProps {
  readonly file: FileRecord;
  readonly url: string | undefined;
  readonly loading: boolean;
}

export function Preview({ file, url, loading }: PreviewProps) {
  const [broken, setBroken] = useState(false);
  if (loading) {
    return (
      <div className="preview preview-none">
        <Spinner size="large" />
      </div>
    );
  }
  if (url && isShown(file) && !broken) {
    return (
      <figure className="preview">
        <img src={url} alt={`Preview of ${file.fileName}`} onError={() => setBroken(true)} />
      </figure>
    );
  }
  return (
    <div className="preview preview-none">
      <div>
        <Icon name="file" size="big" />
        <Box variant="p" color="inherit">
          {reason(file, url, broken)}
        </Box>
      </div>
    </div>
  );
}

function reason(file: FileRecord, url: string | undefined, broken: boolean): string {
  if (file.status === 'pending') return 'The bytes have not arrived yet.';
  if (broken) return 'The image could not be shown. Download it to look at it.';
  return url ? 'No preview for this type of file.' : 'No preview.';
}
