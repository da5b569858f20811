// A second user pool, made the way an operator makes one: by signed AWS calls. And the app in front of it: a
// loopback server that only receives the code, plus PKCE and the exchange at the token endpoint.
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  SetUserPoolMfaConfigCommand,
} from '@aws-sdk/client-cognito-identity-provider';

export function awsClient({ env, base }) {
  return new CognitoIdentityProviderClient({
    endpoint: base,
    region: env.region,
    credentials: { accessKeyId: env.accessKeyId, secretAccessKey: env.secretAccessKey },
  });
}

/** A pool in which everybody needs an authenticator app, with a public client and a login domain. */
export async function createStrictPool(server, callbackUrl, domain) {
  const aws = awsClient(server);
  const { UserPool } = await aws.send(
    new CreateUserPoolCommand({
      PoolName: domain,
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
    }),
  );
  await aws.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: UserPool.Id,
      SoftwareTokenMfaConfiguration: { Enabled: true },
      MfaConfiguration: 'ON',
    }),
  );
  const { UserPoolClient } = await aws.send(
    new CreateUserPoolClientCommand({
      UserPoolId: UserPool.Id,
      ClientName: 'app',
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      CallbackURLs: [callbackUrl],
      LogoutURLs: [callbackUrl],
      SupportedIdentityProviders: ['COGNITO'],
    }),
  );
  await aws.send(new CreateUserPoolDomainCommand({ UserPoolId: UserPool.Id, Domain: domain }));
  const { protocol, port } = new URL(server.base);
  return {
    userPoolId: UserPool.Id,
    clientId: UserPoolClient.ClientId,
    loginDomain: `${protocol}//${domain}.auth.localhost:${port}`,
  };
}

/** A strict pool and an app in front of it, as a stage's props. */
export async function strictApp(server) {
  const app = await startCallback();
  return { app, pool: await createStrictPool(server, app.url, 'strict'), stop: app.stop };
}

/** A user with a temporary password: the first sign-in asks for a new one. */
export function createUser(server, userPoolId, email, password) {
  return awsClient(server).send(
    new AdminCreateUserCommand({
      UserPoolId: userPoolId,
      Username: email,
      TemporaryPassword: password,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  );
}

/** A place to come back to after signing in. */
export async function startCallback() {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><html lang="en"><title>App</title><h1>Back in the app</h1></html>');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://localhost:${server.address().port}/callback`, stop: () => server.close() };
}

/** One authorization request with PKCE. */
export function authorization({ loginDomain, clientId, scope = 'openid email profile' }, redirectUri, path = '/oauth2/authorize') {
  const verifier = randomBytes(48).toString('base64url');
  const state = randomBytes(12).toString('hex');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return { url: `${loginDomain}${path}?${query}`, verifier, state, redirectUri, clientId };
}

/** Takes the code from the address the browser was sent to and trades it for tokens. */
export async function redeem(base, request, landedAt) {
  const landed = new URL(landedAt);
  const code = landed.searchParams.get('code');
  if (!code || landed.searchParams.get('state') !== request.state) throw new Error(`no code came back: ${landedAt}`);
  const response = await fetch(`${base}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: request.clientId,
      redirect_uri: request.redirectUri,
      code,
      code_verifier: request.verifier,
    }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`token endpoint: ${response.status} ${JSON.stringify(body)}`);
  return { ...body, claims: JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url')) };
}
