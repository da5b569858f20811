/** What the claims of Cognito's tokens mean, in one line each. */
const MEANINGS: Readonly<Record<string, string>> = {
  sub: 'The user’s unchangeable id',
  iss: 'Issuer: the user pool that signed the token',
  aud: 'Audience: the app client the token is for',
  client_id: 'The app client the token was given to',
  token_use: 'Which of the two tokens this is',
  scope: 'What the token may be used for',
  auth_time: 'When the user signed in',
  iat: 'When the token was issued',
  nbf: 'Not valid before',
  exp: 'When the token expires',
  jti: 'The token’s own id',
  origin_jti: 'The sign-in this token comes from; revocation works on it',
  event_id: 'The sign-in event in the log',
  email: 'E-mail address',
  email_verified: 'Whether the address was confirmed',
  username: 'User name',
  'cognito:username': 'User name',
  'cognito:groups': 'Groups the user is a member of',
  at_hash: 'Ties the ID token to the access token',
  version: 'Version of the token’s form',
  kid: 'Which key of the pool signed it',
  alg: 'How it is signed',
};

const TIMES = new Set(['auth_time', 'iat', 'nbf', 'exp']);

export interface ClaimRow {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** Claims as rows for a person; `time` prints epoch seconds. */
export function claimRows(claims: Record<string, unknown>, time: (seconds: number) => string): ClaimRow[] {
  return Object.entries(claims).map(([name, value]) => ({
    name,
    value: TIMES.has(name) && typeof value === 'number' ? `${value} (${time(value)})` : printed(value),
    meaning: MEANINGS[name] ?? '',
  }));
}

function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(printed).join(', ');
  return JSON.stringify(value);
}
