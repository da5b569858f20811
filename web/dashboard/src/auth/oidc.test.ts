import { expect, it } from 'vitest';
import { parseConfig } from '../config/config';
import { logoutUrl, oidcSettings } from './oidc';

const config = parseConfig({
  region: 'us-east-1',
  userPoolId: 'us-east-1_AbCdEf123',
  clientId: 'client',
  authority: 'http://localhost:4566/us-east-1_AbCdEf123',
  loginDomain: 'http://dashboard.auth.localhost:4566',
  apiUrl: 'http://api.execute-api.localhost:4566',
  cognitoEndpoint: 'http://localhost:4566',
});

it('signs out the way Cognito documents it', () => {
  expect(logoutUrl(config, 'http://127.0.0.1:4567')).toBe(
    'http://dashboard.auth.localhost:4566/logout?client_id=client&logout_uri=http%3A%2F%2F127.0.0.1%3A4567%2F',
  );
});

it('asks for a code, for every scope, and to come back to the origin it is opened under', () => {
  const storage = {} as Storage;
  expect(oidcSettings(config, 'http://127.0.0.1:4567', storage)).toMatchObject({
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:4567/callback',
    scope: 'openid email profile aws.cognito.signin.user.admin',
  });
});
