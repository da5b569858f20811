// openid-client: plain OpenID Connect. Discovery, code + PKCE through the real login pages, refresh, userinfo, revoke.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { Browser, PASSWORD, start, unique } from './lab.js';

let lab, config, secretConfig;
const CALLBACK = 'http://localhost:3000/callback';
const insecure = { execute: [oidc.allowInsecureRequests] };

before(async () => {
  lab = await start();
  const { userPoolId } = lab.values;
  const oauth = {
    SupportedIdentityProviders: ['COGNITO'],
    CallbackURLs: [CALLBACK],
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email', 'profile'],
    AllowedOAuthFlowsUserPoolClient: true,
  };
  const open = await lab.client(userPoolId, oauth);
  const secret = await lab.client(userPoolId, { ...oauth, GenerateSecret: true });
  config = await oidc.discovery(new URL(lab.values.issuer), open.ClientId, undefined, oidc.None(), insecure);
  secretConfig = await oidc.discovery(new URL(lab.values.issuer), secret.ClientId, secret.ClientSecret, oidc.ClientSecretBasic(secret.ClientSecret), insecure);
});
after(() => lab?.stop());

async function signIn(client, browser = new Browser()) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const asked = oidc.buildAuthorizationUrl(client, {
    redirect_uri: CALLBACK,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const email = await lab.user(lab.values.userPoolId, `${unique()}@example.com`);
  await browser.follow('GET', asked.href, CALLBACK);
  const landed = await browser.submit(CALLBACK, { username: email, password: PASSWORD });
  assert.ok(landed, browser.text);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return { email, landed, checks, tokens: await oidc.authorizationCodeGrant(client, landed, checks) };
}

test('discovery names issuer and endpoints', () => {
  const server = config.serverMetadata();
  assert.equal(server.issuer, lab.values.issuer);
  assert.ok(server.authorization_endpoint.startsWith(lab.values.loginDomain));
  for (const name of ['token_endpoint', 'userinfo_endpoint', 'revocation_endpoint', 'jwks_uri']) assert.ok(server[name].startsWith(lab.base), name);
  assert.equal(server.supportsPKCE(), true);
});

for (const [kind, client] of [['public', () => config], ['secret', () => secretConfig]]) {
  test(`a ${kind} client signs a user in by code and PKCE, reads, refreshes and revokes`, async () => {
    const { email, tokens } = await signIn(client());
    assert.equal(tokens.token_type, 'bearer');
    const claims = tokens.claims();
    assert.equal(claims.email, email);
    assert.equal(claims.iss, lab.values.issuer);
    const info = await oidc.fetchUserInfo(client(), tokens.access_token, claims.sub);
    assert.equal(info.email, email);
    const refreshed = await oidc.refreshTokenGrant(client(), tokens.refresh_token);
    assert.equal(refreshed.claims().sub, claims.sub);
    assert.notEqual(refreshed.access_token, tokens.access_token);
    await oidc.tokenRevocation(client(), tokens.refresh_token);
    await assert.rejects(oidc.refreshTokenGrant(client(), tokens.refresh_token), { error: 'invalid_grant' });
    await assert.rejects(oidc.fetchUserInfo(client(), refreshed.access_token, claims.sub));
  });
}

test('a code works once', async () => {
  const { landed, checks } = await signIn(config);
  await assert.rejects(oidc.authorizationCodeGrant(config, landed, checks), { error: 'invalid_grant' });
});

test('another verifier does not redeem the code', async () => {
  const browser = new Browser();
  const asked = oidc.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: 'openid', code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()), code_challenge_method: 'S256', state: 's' });
  const email = await lab.user(lab.values.userPoolId, `${unique()}@example.com`);
  await browser.follow('GET', asked.href, CALLBACK);
  const landed = await browser.submit(CALLBACK, { username: email, password: PASSWORD });
  await assert.rejects(oidc.authorizationCodeGrant(config, landed, { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: 's' }), { error: 'invalid_grant' });
});

test('an error comes back as the library reads it', async () => {
  const asked = oidc.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: 'openid', prompt: 'none', state: 's', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' });
  const landed = await new Browser().follow('GET', asked.href, CALLBACK);
  await assert.rejects(oidc.authorizationCodeGrant(config, landed, { expectedState: 's', pkceCodeVerifier: 'a'.repeat(43) }), { error: 'login_required' });
});
