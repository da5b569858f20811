import { expect, it } from 'vitest';
import { wasBegunElsewhere } from './begun-elsewhere';

it.each([
  ['?code=abc', true],
  ['?code=abc&state=xyz', false],
  ['?error=access_denied&state=xyz', false],
  ['?error=access_denied', false],
  ['?view=session', false],
  ['', false],
])('%s', (search, elsewhere) => {
  expect(wasBegunElsewhere(search)).toBe(elsewhere);
});
