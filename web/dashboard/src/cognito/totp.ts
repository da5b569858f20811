import type { CognitoCall } from './client';

const TOTP = 'SOFTWARE_TOKEN_MFA';

export interface Account {
  readonly username: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The user must give a code of an authenticator app at each sign-in. */
  readonly totp: boolean;
}

export async function loadAccount(call: CognitoCall, accessToken: string): Promise<Account> {
  const user = await call<{
    Username: string;
    UserAttributes?: { Name: string; Value?: string }[];
    UserMFASettingList?: string[];
  }>('GetUser', { AccessToken: accessToken });
  return {
    username: user.Username,
    attributes: Object.fromEntries((user.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value ?? ''])),
    totp: (user.UserMFASettingList ?? []).includes(TOTP),
  };
}

/** Begins an enrolment; answers the shared secret (Base32). Nothing changes for the user until `finishTotp`. */
export async function beginTotp(call: CognitoCall, accessToken: string): Promise<string> {
  const answer = await call<{ SecretCode: string }>('AssociateSoftwareToken', { AccessToken: accessToken });
  return answer.SecretCode;
}

/** Proves with one code that the app has the secret, then makes it part of every sign-in. */
export async function finishTotp(call: CognitoCall, accessToken: string, code: string): Promise<void> {
  await call('VerifySoftwareToken', {
    AccessToken: accessToken,
    UserCode: code,
    FriendlyDeviceName: 'Authenticator app',
  });
  await call('SetUserMFAPreference', {
    AccessToken: accessToken,
    SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
  });
}

export async function removeTotp(call: CognitoCall, accessToken: string): Promise<void> {
  await call('SetUserMFAPreference', {
    AccessToken: accessToken,
    SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false },
  });
}

/** The address an authenticator app reads from the QR code. */
export function otpauthUri(issuer: string, account: string, secret: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${encodeURIComponent(secret)}&issuer=${encodeURIComponent(issuer)}`;
}

/** A secret in groups of four, as people copy it. */
export function groupSecret(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ');
}
