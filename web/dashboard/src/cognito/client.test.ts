import { describe, expect, it, vi } from 'vitest';
import { NetworkError } from '../api/errors';
import { CognitoError, cognitoErrorFrom, createCognitoCall, explainCognito } from './client';

describe('createCognitoCall', () => {
  it('posts JSON 1.1 with the target header', async () => {
    const send = vi.fn(async (_url: RequestInfo | URL, _init?: RequestInit) => new Response('{"SecretCode":"ABC"}'));
    const call = createCognitoCall('http://aws', send);
    await expect(call('AssociateSoftwareToken', { AccessToken: 't' })).resolves.toEqual({ SecretCode: 'ABC' });
    expect(send.mock.calls[0]?.[0]).toBe('http://aws/');
    expect(send.mock.calls[0]?.[1]).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.AssociateSoftwareToken',
      },
      body: '{"AccessToken":"t"}',
    });
  });

  it('takes an empty answer and tells a dead line from a refusal', async () => {
    await expect(createCognitoCall('http://aws', async () => new Response(''))('X', {})).resolves.toEqual({});
    const dead = createCognitoCall('http://aws', async () => Promise.reject(new TypeError('x')));
    await expect(dead('X', {})).rejects.toBeInstanceOf(NetworkError);
  });
});

describe('cognitoErrorFrom', () => {
  it.each(['CodeMismatchException', 'com.amazonaws.cognito#CodeMismatchException', 'CodeMismatchException:http://x/'])(
    'reads the name in %s',
    (type) => {
      expect(cognitoErrorFrom(400, JSON.stringify({ __type: type, message: 'm' })).code).toBe('CodeMismatchException');
    },
  );

  it('survives a body that is not JSON', () => {
    expect(cognitoErrorFrom(502, '<html>')).toMatchObject({ code: 'HTTP 502' });
  });
});

describe('explainCognito', () => {
  it('has own words for the errors of the enrolment and AWS’s for the rest', () => {
    expect(explainCognito(new CognitoError('EnableSoftwareTokenMFAException', 'x'))).toContain('not right');
    expect(explainCognito(new CognitoError('ExpiredCodeException', 'x'))).toContain('used already');
    expect(explainCognito(new CognitoError('InternalErrorException', 'AWS says'))).toBe('AWS says');
  });
});
