import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useCalls } from '../api/call-log';
import type { CallRecord } from '../api/client';
import { useServices } from '../app/services';
import { useMediaQuery } from '../shared/use-media-query';

const CLOCK = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

/** The latest calls: an expired token shows as 401, renewal, 200. */
export function RecentCalls() {
  const { calls } = useServices();
  const list = useCalls(calls);
  const narrow = useMediaQuery('(max-width: 688px)');
  return (
    <Table
      variant="container"
      wrapLines
      visibleColumns={narrow ? ['call', 'status', 'note'] : ['at', 'call', 'status', 'note']}
      items={list}
      trackBy={({ id }) => String(id)}
      ariaLabels={{ tableLabel: 'Recent API calls' }}
      header={
        <Header variant="h2" description="A token that has expired shows as 401, one renewal, then 200.">
          Recent API calls
        </Header>
      }
      empty={<Box color="inherit">No calls yet. Open the files or ask the API above.</Box>}
      columnDefinitions={[
        { id: 'at', header: 'Time', cell: ({ at }) => CLOCK.format(at), minWidth: 110 },
        {
          id: 'call',
          header: 'Call',
          isRowHeader: true,
          minWidth: narrow ? 110 : 200,
          cell: ({ method, path }) => (
            <span className="mono">
              {method} {path}
            </span>
          ),
        },
        { id: 'status', header: 'Status', cell: (call) => <Status call={call} />, minWidth: 80 },
        { id: 'note', header: 'Note', cell: ({ note }) => note, minWidth: 90 },
      ]}
    />
  );
}

function Status({ call: { status } }: { readonly call: CallRecord }) {
  if (status === undefined) return <StatusIndicator type="error">no answer</StatusIndicator>;
  return <StatusIndicator type={status < 400 ? 'success' : 'error'}>{status}</StatusIndicator>;
}
