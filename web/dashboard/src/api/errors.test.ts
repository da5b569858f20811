import { describe, expect, it } from 'vitest';
import { ApiError, apiErrorFrom, explain, NetworkError } from './errors';

describe('apiErrorFrom', () => {
  it('keeps message, field, rule and the headers a person needs', () => {
    const headers = new Headers({ 'apigw-requestid': 'abc=', 'www-authenticate': 'Bearer' });
    const error = apiErrorFrom(401, headers, '{"message":"Unauthorized"}');
    expect(error.message).toBe('Unauthorized');
    expect(error.details).toMatchObject({ requestId: 'abc=', wwwAuthenticate: 'Bearer' });
  });

  it.each(['', '<html>', 'null', '[]', '{"message":5}'])('has a sentence for the body %j', (body) => {
    expect(apiErrorFrom(502, new Headers(), body).message).toBe('The API answered 502.');
  });
});

describe('explain', () => {
  it('names the field and the rule of a refused input', () => {
    const error = new ApiError(400, 'fileName is too long', { field: 'fileName', rule: 'at most 255 characters' });
    expect(explain(error).text).toBe('fileName is too long (fileName: at most 255 characters).');
  });

  it('does not say the rule twice', () => {
    const error = new ApiError(400, 'size must be at most 5', { field: 'size', rule: 'at most 5' });
    expect(explain(error).text).toBe('size must be at most 5.');
  });

  it('gives the request id of a fault', () => {
    expect(explain(new ApiError(500, 'Internal Server Error', { requestId: 'r1' })).text).toContain('request r1');
  });

  it('tells a dead connection from a refusal', () => {
    expect(explain(new NetworkError()).title).toBe('No connection');
    expect(explain(new ApiError(401, 'Unauthorized')).title).toBe('You are not signed in any more');
    expect(explain('odd').text).toBe('odd');
  });
});
