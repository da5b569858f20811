import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { FileRecord } from '../api/files';
import { describeType } from '../shared/file-type';
import { formatSize, formatTime } from '../shared/format';

/** The table's columns; only a name is a must on a narrow screen. */
export function columns(
  onShow: (file: FileRecord) => void,
  narrow: boolean,
): TableProps.ColumnDefinition<FileRecord>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      isRowHeader: true,
      sortingField: 'fileName',
      sortingComparator: (a, b) => a.fileName.localeCompare(b.fileName, 'en', { numeric: true, sensitivity: 'base' }),
      cell: (file) => (
        <Button variant="inline-link" ariaLabel={`Details of ${file.fileName}`} onClick={() => onShow(file)}>
          {file.fileName}
        </Button>
      ),
      minWidth: narrow ? 130 : 220,
    },
    {
      id: 'size',
      header: 'Size',
      sortingField: 'size',
      cell: (file) => formatSize(file.size),
      minWidth: narrow ? 80 : 100,
    },
    {
      id: 'type',
      header: 'Type',
      sortingField: 'contentType',
      cell: (file) => describeType(file.contentType),
      minWidth: 120,
    },
    {
      id: 'status',
      header: 'Status',
      sortingField: 'status',
      cell: (file) => <FileStatus file={file} />,
      minWidth: 110,
    },
    {
      id: 'uploader',
      header: 'Uploaded by',
      sortingField: 'uploaderName',
      cell: (file) => file.uploaderName,
      minWidth: 150,
    },
    {
      id: 'created',
      header: 'Uploaded',
      sortingField: 'createdAt',
      cell: (file) => formatTime(file.createdAt),
      minWidth: 160,
    },
  ];
}

export const ALL_COLUMNS = ['name', 'size', 'type', 'status', 'uploader', 'created'] as const;
export const NARROW_COLUMNS = ['name', 'size'] as const;

export function FileStatus({ file }: { readonly file: FileRecord }) {
  return file.status === 'complete' ? (
    <StatusIndicator type="success">Complete</StatusIndicator>
  ) : (
    <StatusIndicator type="pending">Pending</StatusIndicator>
  );
}
