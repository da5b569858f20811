import { expect, it } from 'vitest';
import { claimRows } from './claims';

it('prints times, lists, flags and unknown claims', () => {
  const rows = claimRows(
    { exp: 60, 'cognito:groups': ['a', 'b'], email_verified: true, 'custom:x': { y: 1 } },
    (seconds) => `t${seconds}`,
  );
  expect(rows.map(({ name, value }) => [name, value])).toEqual([
    ['exp', '60 (t60)'],
    ['cognito:groups', 'a, b'],
    ['email_verified', 'true'],
    ['custom:x', '{"y":1}'],
  ]);
  expect(rows[3]?.meaning).toBe('');
});
