import { useCollection } from '@cloudscape-design/collection-hooks';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo } from 'react';
import { explain } from '../api/errors';
import { type FileRecord, MOST_FILES } from '../api/files';
import { useMediaQuery } from '../shared/use-media-query';
import { ALL_COLUMNS, columns, NARROW_COLUMNS } from './columns';
import type { Files } from './use-files';

const PAGE_SIZE = 10;

interface FileTableProps {
  readonly files: Files;
  readonly selected: readonly FileRecord[];
  readonly onSelect: (files: readonly FileRecord[]) => void;
  readonly onShow: (file: FileRecord) => void;
  readonly onDelete: (files: readonly FileRecord[]) => void;
}

export function FileTable({ files, selected, onSelect, onShow, onDelete }: FileTableProps) {
  const narrow = useMediaQuery('(max-width: 688px)');
  const definitions = useMemo(() => columns(onShow, narrow), [onShow, narrow]);
  const { items, actions, filteredItemsCount, collectionProps, filterProps, paginationProps } = useCollection(
    files.items,
    {
      filtering: {
        fields: ['fileName', 'contentType', 'uploaderName', 'status'],
        empty: <Empty files={files} />,
        noMatch: <NoMatch onClear={() => actions.setFiltering('')} />,
      },
      pagination: { pageSize: PAGE_SIZE },
      sorting: { defaultState: { sortingColumn: definitions[5] ?? {}, isDescending: true } },
    },
  );
  return (
    <SpaceBetween size="m">
      {files.error !== undefined && files.items.length > 0 && <StaleList files={files} />}
      <Table
        {...collectionProps}
        variant={narrow ? 'stacked' : 'container'}
        items={items}
        columnDefinitions={definitions}
        visibleColumns={narrow ? NARROW_COLUMNS : ALL_COLUMNS}
        trackBy="key"
        loading={files.loading && files.items.length === 0}
        loadingText="Loading files"
        enableKeyboardNavigation
        resizableColumns={false}
        wrapLines={narrow}
        selectionType="multi"
        selectedItems={selected}
        onSelectionChange={({ detail }) => onSelect(detail.selectedItems)}
        ariaLabels={LABELS}
        header={<TableHeader files={files} selected={selected} onDelete={onDelete} />}
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find files"
            filteringAriaLabel="Find files by name, type, uploader or status"
            countText={filteredItemsCount === 1 ? '1 match' : `${filteredItemsCount} matches`}
          />
        }
        pagination={<Pagination {...paginationProps} />}
      />
    </SpaceBetween>
  );
}

function TableHeader({ files, selected, onDelete }: Pick<FileTableProps, 'files' | 'selected' | 'onDelete'>) {
  const unknown = files.items.length === 0 && (files.loading || files.error !== undefined);
  const count = selected.length > 0 ? `(${selected.length}/${files.items.length})` : `(${files.items.length})`;
  return (
    <Header
      variant="h2"
      counter={unknown ? undefined : count}
      description={files.cut ? `Only the newest ${MOST_FILES} files are listed.` : undefined}
      actions={
        <SpaceBetween size="xs" direction="horizontal">
          <Button iconName="refresh" ariaLabel="Refresh the list" loading={files.loading} onClick={files.refresh} />
          <Button disabled={selected.length === 0} onClick={() => onDelete(selected)}>
            Delete
          </Button>
        </SpaceBetween>
      }
    >
      {selected.length > 0 ? 'Chosen' : 'All files'}
    </Header>
  );
}

function Empty({ files }: { readonly files: Files }) {
  if (files.error !== undefined) {
    const { title, text } = explain(files.error);
    return (
      <Box textAlign="left">
        <Alert type="error" header={title} action={<Button onClick={files.refresh}>Try again</Button>}>
          {text}
        </Alert>
      </Box>
    );
  }
  return (
    <Box margin={{ vertical: 'l' }} textAlign="center" color="inherit">
      <Box variant="strong" color="inherit">
        No files yet
      </Box>
      <Box variant="p" color="inherit">
        Drop a file above, or choose one, and it shows up here.
      </Box>
    </Box>
  );
}

function NoMatch({ onClear }: { readonly onClear: () => void }) {
  return (
    <Box margin={{ vertical: 'l' }} textAlign="center" color="inherit">
      <SpaceBetween size="s">
        <Box variant="strong" color="inherit">
          No file matches
        </Box>
        <Button onClick={onClear}>Clear the filter</Button>
      </SpaceBetween>
    </Box>
  );
}

/** The last refresh failed, but what came before is still worth showing. */
function StaleList({ files }: { readonly files: Files }) {
  const { title, text } = explain(files.error);
  return (
    <Alert type="error" header={title} action={<Button onClick={files.refresh}>Try again</Button>}>
      The list may be out of date. {text}
    </Alert>
  );
}

const LABELS = {
  tableLabel: 'Files',
  selectionGroupLabel: 'Choose files',
  allItemsSelectionLabel: () => 'Choose all files of this page',
  itemSelectionLabel: (_: unknown, file: FileRecord) => `Choose ${file.fileName}`,
};
