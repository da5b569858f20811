import { describe, expect, it, vi } from 'vitest';
import { type CallRecord, createApiClient } from './client';
import { ApiError, NetworkError } from './errors';

/** A gateway that takes only `good`, and a session whose renewal gives `renewed`. */
function setUp({ start = 'old', renewed = 'good' as string | null, good = 'good' } = {}) {
  let token: string | undefined = start;
  const calls: CallRecord[] = [];
  const gateway = vi.fn(async (_url: RequestInfo | URL, init?: RequestInit) => {
    const bearer = new Headers(init?.headers).get('authorization');
    return bearer === `Bearer ${good}`
      ? new Response('{"ok":true}')
      : new Response('{"message":"Unauthorized"}', { status: 401, headers: { 'www-authenticate': 'Bearer' } });
  });
  const renew = vi.fn(async () => {
    token = renewed ?? undefined;
    return token;
  });
  const client = createApiClient({
    baseUrl: 'http://api',
    token: () => token,
    renew,
    onCall: (call) => calls.push(call),
    fetch: gateway,
    now: () => 7,
  });
  return { client, gateway, renew, calls };
}

describe('call', () => {
  it('does not renew while the token is good', async () => {
    const { client, renew } = setUp({ start: 'good' });
    await expect(client.call('GET', '/x')).resolves.toEqual({ ok: true });
    expect(renew).not.toHaveBeenCalled();
  });

  it('renews once after a 401 and tries once more', async () => {
    const { client, renew, gateway, calls } = setUp();
    await expect(client.call('GET', '/x')).resolves.toEqual({ ok: true });
    expect(renew).toHaveBeenCalledTimes(1);
    expect(gateway).toHaveBeenCalledTimes(2);
    expect(calls.map(({ status, note }) => [status, note])).toEqual([
      [401, 'first try'],
      [200, 'token renewed'],
      [200, 'after renewal'],
    ]);
  });

  it('gives up after the second 401', async () => {
    const { client, gateway } = setUp({ renewed: 'also refused' });
    await expect(client.call('GET', '/x')).rejects.toMatchObject({ status: 401 });
    expect(gateway).toHaveBeenCalledTimes(2);
  });

  it('does not try again when the session is over', async () => {
    const { client, gateway } = setUp({ renewed: null });
    await expect(client.call('GET', '/x')).rejects.toBeInstanceOf(ApiError);
    expect(gateway).toHaveBeenCalledTimes(1);
  });

  it('renews once for many calls refused together', async () => {
    const { client, renew } = setUp();
    await Promise.all(Array.from({ length: 10 }, () => client.call('GET', '/x')));
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('sends JSON and reads an empty answer', async () => {
    const { client, gateway } = setUp({ start: 'good' });
    gateway.mockResolvedValueOnce(new Response(null, { status: 204 }));
    await expect(client.call('POST', '/x', { body: { a: 1 } })).resolves.toBeUndefined();
    expect(gateway.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', body: '{"a":1}' });
  });

  it('says that no answer came', async () => {
    const { client, gateway } = setUp();
    gateway.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(client.call('GET', '/x')).rejects.toBeInstanceOf(NetworkError);
  });
});

describe('callWithoutToken', () => {
  it('sends no authorization, renews nothing and shows the refusal', async () => {
    const { client, gateway, renew } = setUp({ start: 'good' });
    const answer = await client.callWithoutToken('GET', '/x');
    expect(answer).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' });
    expect(answer.headers).toContainEqual(['www-authenticate', 'Bearer']);
    expect(new Headers(gateway.mock.calls[0]?.[1]?.headers).has('authorization')).toBe(false);
    expect(renew).not.toHaveBeenCalled();
  });
});
