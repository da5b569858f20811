import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase32, totp } from './authenticator.mjs';

test('the authenticator agrees with RFC 6238, appendix B', () => {
  const secret = fromBase32('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  assert.equal(secret.toString(), '12345678901234567890');
  assert.equal(totp(secret, Math.floor(59 / 30)), '287082');
  assert.equal(totp(secret, Math.floor(1111111109 / 30)), '081804');
});
