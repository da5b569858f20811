import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState } from 'react';
import type { FileRecord } from '../api/files';
import { Frame } from '../app/Frame';
import { useNotify } from '../app/notifications';
import { DeleteFiles } from './DeleteFiles';
import { FilePanel } from './FilePanel';
import { FileTable } from './FileTable';
import { UploadArea } from './UploadArea';
import { useFiles } from './use-files';

/** The first view: upload at the top, the table below, details in the panel. */
export function FilesPage() {
  const files = useFiles();
  const notify = useNotify();
  const [selected, setSelected] = useState<readonly FileRecord[]>([]);
  const [shown, setShown] = useState<FileRecord>();
  const [panelOpen, setPanelOpen] = useState(false);
  const [doomed, setDoomed] = useState<readonly FileRecord[]>([]);

  const show = useCallback((file: FileRecord) => {
    setShown(file);
    setPanelOpen(true);
  }, []);

  const afterDelete = (gone: readonly FileRecord[]) => {
    const keys = new Set(gone.map(({ key }) => key));
    files.forget(keys);
    setSelected((now) => now.filter(({ key }) => !keys.has(key)));
    if (shown && keys.has(shown.key)) {
      setShown(undefined);
      setPanelOpen(false);
    }
    if (gone.length > 0) notify({ type: 'success', text: deletedText(gone) });
  };

  return (
    <Frame
      view="files"
      contentType="table"
      panel={{
        content: shown && <FilePanel key={shown.key} file={shown} onDelete={() => setDoomed([shown])} />,
        open: panelOpen,
        onToggle: setPanelOpen,
      }}
    >
      <SpaceBetween size="l">
        <Header variant="h1" description="Upload, find, look at and delete. Each call carries your access token.">
          Files
        </Header>
        <UploadArea />
        <FileTable files={files} selected={selected} onSelect={setSelected} onShow={show} onDelete={setDoomed} />
      </SpaceBetween>
      {doomed.length > 0 && <DeleteFiles files={doomed} onDeleted={afterDelete} onClose={() => setDoomed([])} />}
    </Frame>
  );
}

function deletedText(files: readonly FileRecord[]): string {
  return files.length === 1 ? `${files[0]?.fileName} was deleted.` : `${files.length} files were deleted.`;
}
