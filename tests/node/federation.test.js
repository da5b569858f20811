// Federation with real providers beside the server: node oidc-provider, and a second Cognate.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import * as oidc from 'openid-client';
import Provider from 'oidc-provider';
import { Browser, PASSWORD, start, unique } from './lab.js';

const CALLBACK = 'http://localhost:3000/callback';
const SECRET = 'a-secret-of-the-provider';
const insecure = { execute: [oidc.allowInsecureRequests] };
let lab, other, foreign, pool, atOther, callback;

// The names people sign in by at oidc-provider are their subjects; addresses are `<name>@corp.example`.
async function oidcProvider(redirect) {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://localhost:${server.address().port}`;
  const findAccount = async (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@corp.example`, email_verified: true, name: `The ${id}` }) });
  const client = { client_id: 'cognate', client_secret: SECRET, redirect_uris: [redirect], token_endpoint_auth_method: 'client_secret_post' };
  const provider = new Provider(issuer, { clients: [client], claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] }, findAccount });
  const quiet = console.warn;
  console.warn = () => {};
  server.on('request', provider.callback());
  console.warn = quiet;
  return { server, issuer };
}

const details = (issuer, client_id, client_secret) => ({
  oidc_issuer: issuer, client_id, client_secret, authorize_scopes: 'openid email profile', attributes_request_method: 'GET',
});

before(async () => {
  [lab, other] = [await start(), await start()];
  pool = lab.values.userPoolId;
  callback = `${lab.values.loginDomain}/oauth2/idpresponse`;
  foreign = await oidcProvider(callback);
  const oauth = { AllowedOAuthFlows: ['code'], AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthScopes: ['openid', 'email', 'profile'] };
  atOther = await other.client(other.values.userPoolId, { ...oauth, GenerateSecret: true, SupportedIdentityProviders: ['COGNITO'], CallbackURLs: [callback] });
  const AttributeMapping = { email: 'email', email_verified: 'email_verified', name: 'name' };
  await lab.call('CreateIdentityProvider', { UserPoolId: pool, ProviderName: 'Corp', ProviderType: 'OIDC', AttributeMapping, IdpIdentifiers: ['corp.example'], ProviderDetails: details(foreign.issuer, 'cognate', SECRET) });
  await lab.call('CreateIdentityProvider', { UserPoolId: pool, ProviderName: 'Second', ProviderType: 'OIDC', AttributeMapping, ProviderDetails: details(other.values.issuer, atOther.ClientId, atOther.ClientSecret) });
  const client = await lab.client(pool, { ...oauth, SupportedIdentityProviders: ['COGNITO', 'Corp', 'Second'], CallbackURLs: [CALLBACK] });
  lab.app = await oidc.discovery(new URL(lab.values.issuer), client.ClientId, undefined, oidc.None(), insecure);
});
after(async () => {
  foreign?.server.closeAllConnections();
  foreign?.server.close();
  await Promise.all([lab?.stop(), other?.stop()]);
});

async function ask(more) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const asked = oidc.buildAuthorizationUrl(lab.app, {
    redirect_uri: CALLBACK, scope: 'openid email profile', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', state, nonce, ...more,
  });
  return { asked: asked.href, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true } };
}

// The login form and the consent form of oidc-provider.
async function throughCorp(browser, name, more = { identity_provider: 'Corp' }) {
  const { asked, checks } = await ask(more);
  let landed = await browser.follow('GET', asked, CALLBACK);
  if (!landed) landed = await browser.submit(CALLBACK, { login: name, password: 'anything' });
  if (!landed) landed = await browser.submit(CALLBACK, {});
  assert.ok(landed, browser.text);
  return { landed, checks };
}

test('a user of oidc-provider signs in, and the app gets tokens', async () => {
  const name = unique('ann');
  const browser = new Browser();
  const { landed, checks } = await throughCorp(browser, name);
  const tokens = await oidc.authorizationCodeGrant(lab.app, landed, checks);
  const claims = tokens.claims();
  assert.equal(claims['cognito:username'], `Corp_${name}`);
  assert.equal(claims.email, `${name}@corp.example`);
  assert.equal(claims.email_verified, true);
  assert.equal(claims.name, `The ${name}`);
  assert.deepEqual(claims['cognito:groups'], [`${pool}_Corp`]);
  assert.equal(claims.identities[0].userId, name);
  const user = await lab.call('AdminGetUser', { UserPoolId: pool, Username: `Corp_${name}` });
  assert.equal(user.UserStatus, 'EXTERNAL_PROVIDER');
  assert.equal(JSON.parse(user.UserAttributes.find(({ Name }) => Name === 'identities').Value)[0].providerType, 'OIDC');
  const info = await oidc.fetchUserInfo(lab.app, tokens.access_token, claims.sub);
  assert.equal(info.username, `Corp_${name}`);
  const refreshed = await oidc.refreshTokenGrant(lab.app, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, claims.sub);
  await lab.call('AdminUserGlobalSignOut', { UserPoolId: pool, Username: `Corp_${name}` });
  await assert.rejects(oidc.refreshTokenGrant(lab.app, tokens.refresh_token), { error: 'invalid_grant' });
});

test('an identifier leads there too, and a second sign-in is the same user', async () => {
  const name = unique('bob');
  const subjects = [];
  for (const more of [{ idp_identifier: 'corp.example' }, { identity_provider: 'Corp' }]) {
    const { landed, checks } = await throughCorp(new Browser(), name, more);
    subjects.push((await oidc.authorizationCodeGrant(lab.app, landed, checks)).claims().sub);
  }
  assert.equal(subjects[0], subjects[1]);
});

test('a person who says no at the provider is told to the app', async () => {
  const { asked } = await ask({ identity_provider: 'Corp' });
  const browser = new Browser();
  await browser.follow('GET', asked, CALLBACK);
  const [abort] = browser.text.match(/[^"']*\/interaction\/[^"'/]*\/abort/);
  const landed = await browser.follow('GET', new URL(abort, browser.url).href, CALLBACK);
  assert.equal(landed.searchParams.get('error'), 'access_denied');
  assert.equal(landed.searchParams.get('code'), null);
});

test("another browser cannot use somebody's way back", async () => {
  const { asked } = await ask({ identity_provider: 'Corp' });
  const thief = new Browser();
  await thief.follow('GET', asked, CALLBACK);
  await thief.submit(callback, { login: unique('evil'), password: 'x' });
  const back = await thief.submit(callback, {});
  assert.ok(back.searchParams.get('code'));
  const victim = new Browser();
  const page = await victim.send('GET', back.href);
  assert.equal(page.status, 400);
  assert.equal(page.location, undefined);
  assert.match(page.text, /another browser/);
});

test('a second Cognate is a provider like any other, and a linked user keeps their sub', async () => {
  const email = await other.user(other.values.userPoolId, `${unique()}@example.com`);
  const there = await other.call('AdminGetUser', { UserPoolId: other.values.userPoolId, Username: email });
  const here = await lab.user(pool, `${unique()}@example.com`);
  const mine = await lab.call('AdminGetUser', { UserPoolId: pool, Username: here });
  await lab.call('AdminLinkProviderForUser', {
    UserPoolId: pool,
    DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: mine.Username },
    SourceUser: { ProviderName: 'Second', ProviderAttributeName: 'Cognito_Subject', ProviderAttributeValue: there.Username },
  });
  const { asked, checks } = await ask({ identity_provider: 'Second' });
  const browser = new Browser();
  await browser.follow('GET', asked, CALLBACK);
  const landed = await browser.submit(CALLBACK, { username: email, password: PASSWORD });
  assert.ok(landed, browser.text);
  const claims = (await oidc.authorizationCodeGrant(lab.app, landed, checks)).claims();
  assert.equal(claims.sub, mine.UserAttributes.find(({ Name }) => Name === 'sub').Value);
  assert.equal(claims.identities[0].providerName, 'Second');
  assert.equal(claims.email, email, 'the mapping is written to the linked user');
});
