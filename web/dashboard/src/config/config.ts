/** What the server tells the page about itself (`GET /config.json`). Origins and URLs carry no trailing slash. */
export interface Config {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientId: string;
  /** Issuer URL; the discovery document lies below it. */
  readonly authority: string;
  /** Origin of the managed login pages. */
  readonly loginDomain: string;
  /** Base of the HTTP API. */
  readonly apiUrl: string;
  /** Where the Cognito JSON API answers. */
  readonly cognitoEndpoint: string;
  readonly demo: boolean;
}

const TEXTS = [
  'region',
  'userPoolId',
  'clientId',
  'authority',
  'loginDomain',
  'apiUrl',
  'cognitoEndpoint',
] as const satisfies readonly (keyof Config)[];

/** Reads a configuration; throws an `Error` that names the first member that is missing or not a text. */
export function parseConfig(value: unknown): Config {
  const source = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const texts = Object.fromEntries(TEXTS.map((name) => [name, text(source, name)]));
  return { ...(texts as Omit<Config, 'demo'>), demo: source.demo === true };
}

function text(source: Record<string, unknown>, name: string): string {
  const value = source[name];
  if (typeof value !== 'string' || value === '') throw new Error(`config.json has no "${name}"`);
  return value.replace(/\/+$/, '');
}

/** Fetches the configuration from the page's own origin. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { headers: { accept: 'application/json' }, cache: 'no-store' });
  if (!response.ok) throw new Error(`config.json answered ${response.status}`);
  return parseConfig(await response.json());
}
