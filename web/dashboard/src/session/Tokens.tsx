import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Tabs from '@cloudscape-design/components/tabs';
import type { User } from 'oidc-client-ts';
import { formatTime } from '../shared/format';
import { decodeToken } from '../shared/jwt';
import { useMediaQuery } from '../shared/use-media-query';
import { type ClaimRow, claimRows } from './claims';

/** The tokens, taken apart. */
export function Tokens({ user }: { readonly user: User }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Decoded in the browser, not verified here: the gateway verifies on each call."
        >
          Tokens
        </Header>
      }
    >
      <Tabs
        ariaLabel="Tokens"
        tabs={[
          { id: 'access', label: 'Access token', content: <Token name="access token" value={user.access_token} /> },
          { id: 'id', label: 'ID token', content: <Token name="ID token" value={user.id_token} /> },
          { id: 'refresh', label: 'Refresh token', content: <RefreshToken value={user.refresh_token} /> },
        ]}
      />
    </Container>
  );
}

function Token({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  const decoded = value === undefined ? undefined : decodeToken(value);
  if (!value || !decoded) return <Box color="text-body-secondary">There is no {name} that can be read.</Box>;
  return (
    <SpaceBetween size="m">
      <ClaimTable label={`Header of the ${name}`} title="Header" source={decoded.header} />
      <ClaimTable label={`Claims of the ${name}`} title="Claims" source={decoded.claims} />
      <CopyToClipboard
        variant="button"
        copyButtonText={`Copy the ${name}`}
        copyErrorText="Could not copy"
        copySuccessText="Copied"
        textToCopy={value}
      />
    </SpaceBetween>
  );
}

function RefreshToken({ value }: { readonly value: string | undefined }) {
  if (!value) return <Box color="text-body-secondary">The user pool gave no refresh token.</Box>;
  return (
    <Box>
      Encrypted for the user pool: nobody else can read it, this page included ({value.split('.').length} parts,{' '}
      {value.length} characters). It buys new tokens until it ends or is revoked; signing out revokes it.
    </Box>
  );
}

interface ClaimTableProps {
  readonly label: string;
  readonly title: string;
  readonly source: Record<string, unknown>;
}

function ClaimTable({ label, title, source }: ClaimTableProps) {
  const narrow = useMediaQuery('(max-width: 688px)');
  const time = (seconds: number) => formatTime(new Date(seconds * 1000).toISOString());
  return (
    <Table<ClaimRow>
      variant="embedded"
      wrapLines
      visibleColumns={narrow ? ['name', 'value'] : ['name', 'value', 'meaning']}
      ariaLabels={{ tableLabel: label }}
      header={<Header variant="h3">{title}</Header>}
      items={claimRows(source, time)}
      trackBy="name"
      columnDefinitions={[
        {
          id: 'name',
          header: 'Name',
          isRowHeader: true,
          width: narrow ? 110 : 170,
          cell: ({ name }) => <span className="mono">{name}</span>,
        },
        { id: 'value', header: 'Value', minWidth: 180, cell: ({ value }) => <span className="mono">{value}</span> },
        { id: 'meaning', header: 'Meaning', minWidth: 200, cell: ({ meaning }) => meaning || '–' },
      ]}
    />
  );
}
