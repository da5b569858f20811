import { expect, it } from 'vitest';
import { explainSignIn } from './explain-sign-in';

it.each([
  ['No matching state found in storage', 'It was begun in another tab, or too long ago.'],
  ['access_denied', 'It was given up before it was finished.'],
  ['Failed to fetch', 'The user pool did not answer.'],
  ['invalid_grant', 'The code that came back had been used or was too old.'],
  ['something else', 'something else.'],
])('%s', (message, text) => {
  expect(explainSignIn(message)).toBe(text);
});
