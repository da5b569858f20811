/** What oidc-client-ts says about a sign-in that came back wrong, for a person. */
export function explainSignIn(message: string): string {
  if (/no matching state|no state in response/i.test(message)) {
    return 'It was begun in another tab, or too long ago.';
  }
  if (/access_denied/i.test(message)) return 'It was given up before it was finished.';
  if (/failed to fetch|network|timed out/i.test(message)) return 'The user pool did not answer.';
  if (/invalid_grant/i.test(message)) return 'The code that came back had been used or was too old.';
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
