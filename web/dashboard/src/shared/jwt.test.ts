import { describe, expect, it } from 'vitest';
import { decodeToken } from './jwt';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('decodeToken', () => {
  it('reads header and claims, letters beyond ASCII included', () => {
    const token = `${part({ kid: 'k', alg: 'RS256' })}.${part({ sub: '1', name: 'Zoë Ångström 東京' })}.c2ln`;
    expect(decodeToken(token)).toEqual({
      header: { kid: 'k', alg: 'RS256' },
      claims: { sub: '1', name: 'Zoë Ångström 東京' },
    });
  });

  it.each([
    ['five parts (an encrypted refresh token)', 'a.b.c.d.e'],
    ['nothing', ''],
    ['not Base64', '!!.!!.!!'],
    ['JSON that is no object', `${part([1])}.${part('x')}.c2ln`],
  ])('answers nothing for %s', (_name, token) => {
    expect(decodeToken(token)).toBeUndefined();
  });
});
