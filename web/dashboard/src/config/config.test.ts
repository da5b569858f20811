import { describe, expect, it } from 'vitest';
import { parseConfig } from './config';

const whole = {
  region: 'us-east-1',
  userPoolId: 'us-east-1_AbCdEf123',
  clientId: 'client',
  authority: 'http://localhost:4566/us-east-1_AbCdEf123',
  loginDomain: 'http://dashboard.auth.localhost:4566/',
  apiUrl: 'http://api.execute-api.localhost:4566',
  cognitoEndpoint: 'http://localhost:4566',
  demo: true,
};

describe('parseConfig', () => {
  it('takes a whole configuration and drops trailing slashes', () => {
    expect(parseConfig(whole)).toEqual({ ...whole, loginDomain: 'http://dashboard.auth.localhost:4566' });
  });

  it('names the member that is missing', () => {
    const { apiUrl: _, ...rest } = whole;
    expect(() => parseConfig(rest)).toThrow('config.json has no "apiUrl"');
    expect(() => parseConfig(null)).toThrow('config.json has no "region"');
  });
});
