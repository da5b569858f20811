/** MIME types people meet, in their words. */
const NAMES: Readonly<Record<string, string>> = {
  'application/gzip': 'Archive',
  'application/json': 'JSON',
  'application/msword': 'Word document',
  'application/octet-stream': 'Binary',
  'application/pdf': 'PDF document',
  'application/vnd.ms-excel': 'Spreadsheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'Presentation',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Spreadsheet',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word document',
  'application/x-tar': 'Archive',
  'application/zip': 'Archive',
  'application/zstd': 'Archive',
  'text/csv': 'CSV table',
  'text/html': 'Web page',
  'text/markdown': 'Markdown',
  'text/plain': 'Text',
};

const FAMILIES = new Set(['audio', 'font', 'image', 'text', 'video']);

/** `image/png` as `PNG image`; what nobody knows stays as it is. Parameters (`; charset=…`) do not matter. */
export function describeType(contentType: string): string {
  const bare = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const [family = '', kind = ''] = bare.split('/');
  if (NAMES[bare]) return NAMES[bare];
  if (!FAMILIES.has(family) || kind === '') return bare;
  const name = kind.replace(/^(x-|vnd\.)/, '').replace(/\+xml$/, '');
  return `${name.toUpperCase()} ${family}`;
}
