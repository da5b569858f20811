import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FileDropzone from '@cloudscape-design/components/file-dropzone';
import FileInput from '@cloudscape-design/components/file-input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useSyncExternalStore } from 'react';
import { useServices } from '../app/services';
import { UploadRow } from './UploadRow';

/** Where files are dropped or chosen, and how far each has come. */
export function UploadArea() {
  const { uploads } = useServices();
  const list = useSyncExternalStore(uploads.subscribe, uploads.list);
  useWarnBeforeLeaving(() => uploads.busy);

  return (
    <SpaceBetween size="m">
      <FileDropzone onChange={({ detail }) => uploads.add(detail.value)}>
        <SpaceBetween size="xs" alignItems="center">
          <FileInput multiple value={[]} onChange={({ detail }) => uploads.add(detail.value)}>
            Choose files
          </FileInput>
          <Box color="text-body-secondary" textAlign="center">
            or drop them here. Only you and the administrators see them.
          </Box>
        </SpaceBetween>
      </FileDropzone>
      {list.length > 0 && (
        <section className="uploads" aria-label="Uploads">
          <ul>
            {list.map((upload) => (
              <UploadRow key={upload.id} upload={upload} queue={uploads} />
            ))}
          </ul>
          {list.some(({ state }) => state !== 'waiting' && state !== 'running') && (
            <Button variant="inline-link" onClick={() => uploads.clear()}>
              Clear finished uploads
            </Button>
          )}
        </section>
      )}
    </SpaceBetween>
  );
}

/** Closing the tab would break the uploads off. */
function useWarnBeforeLeaving(busy: () => boolean): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => busy() && event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [busy]);
}
