import { describe, expect, it, vi } from 'vitest';
import { beginTotp, finishTotp, groupSecret, loadAccount, otpauthUri, removeTotp } from './totp';

describe('enrolment', () => {
  it('verifies before it changes the sign-in', async () => {
    const call = vi.fn(async (operation: string) =>
      operation === 'AssociateSoftwareToken' ? { SecretCode: 'ABCD' } : {},
    ) as never as ReturnType<typeof vi.fn> & (<T>(operation: string, input: object) => Promise<T>);
    await expect(beginTotp(call, 't')).resolves.toBe('ABCD');
    await finishTotp(call, 't', '123456');
    await removeTotp(call, 't');
    expect(call.mock.calls.map(([operation, input]) => [operation, input.SoftwareTokenMfaSettings?.Enabled])).toEqual([
      ['AssociateSoftwareToken', undefined],
      ['VerifySoftwareToken', undefined],
      ['SetUserMFAPreference', true],
      ['SetUserMFAPreference', false],
    ]);
  });

  it('does not switch it on when the code is wrong', async () => {
    const call = vi.fn().mockRejectedValueOnce(new Error('mismatch'));
    await expect(finishTotp(call, 't', '0')).rejects.toThrow('mismatch');
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe('loadAccount', () => {
  it('reads attributes and whether an app is enrolled', async () => {
    const call = vi.fn().mockResolvedValue({
      Username: 'u',
      UserAttributes: [{ Name: 'email', Value: 'a@b.c' }],
      UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
    });
    await expect(loadAccount(call, 't')).resolves.toEqual({
      username: 'u',
      attributes: { email: 'a@b.c' },
      totp: true,
    });
    call.mockResolvedValue({ Username: 'u' });
    await expect(loadAccount(call, 't')).resolves.toMatchObject({ totp: false });
  });
});

it('escapes what stands in the otpauth address', () => {
  expect(otpauthUri('Cognate Files', 'a+b@c.d', 'AB')).toBe(
    'otpauth://totp/Cognate%20Files:a%2Bb%40c.d?secret=AB&issuer=Cognate%20Files',
  );
});

it('groups a secret by four', () => {
  expect(groupSecret('ABCDEFGHIJ')).toBe('ABCD EFGH IJ');
  expect(groupSecret('ABCDEFGH')).toBe('ABCD EFGH');
});
