// AWS Amplify v6 in a browser, unchanged: its own sign-in forms, the hosted pages by redirect, passkeys. The server speaks https, because Amplify writes
// `https://` before the login domain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  SetUserPoolMfaConfigCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { startAmplifyApp } from '../support/amplify-app.mjs';
import { Authenticator } from '../support/authenticator.mjs';
import { newAddress, PASSWORD } from '../support/login-pages.mjs';
import { awsClient } from '../support/pool.mjs';
import { stage } from '../support/stage.mjs';

const FLOWS = ['ALLOW_USER_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];

/** A pool with choice-based sign-in, passkeys and an optional authenticator app, and the Amplify app in front of it. */
async function amplifyApp(server) {
  const app = await startAmplifyApp();
  const aws = awsClient(server);
  const { UserPool } = await aws.send(
    new CreateUserPoolCommand({
      PoolName: 'amplify',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] } },
    }),
  );
  const UserPoolId = UserPool.Id;
  const totp = { MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } };
  await aws.send(new SetUserPoolMfaConfigCommand({ UserPoolId, ...totp, WebAuthnConfiguration: { RelyingPartyId: 'localhost', UserVerification: 'preferred' } }));
  const { UserPoolClient } = await aws.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'app',
      ExplicitAuthFlows: FLOWS,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'],
      CallbackURLs: [app.url],
      LogoutURLs: [app.url],
      SupportedIdentityProviders: ['COGNITO'],
    }),
  );
  await aws.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'amplify' }));
  const oauth = {
    domain: `amplify.auth.localhost:${new URL(server.base).port}`,
    scopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'],
    redirectSignIn: [app.url],
    redirectSignOut: [app.url],
    responseType: 'code',
  };
  const userPoolClientId = UserPoolClient.ClientId;
  app.configuration = { Auth: { Cognito: { userPoolId: UserPoolId, userPoolClientId, userPoolEndpoint: server.base, loginWith: { oauth } } } };
  return app;
}

const here = stage(amplifyApp, { tls: true });
// The server's certificate is vouched for by the authority of its own data folder.
const inApp = (story) => here.withPage(story, { ignoreHTTPSErrors: true });

/** Calls a function of `aws-amplify/auth` in the page. */
const call = (page, name, input) => page.evaluate(([name, input]) => window.auth[name](input), [name, input]);
const open = async (page) => {
  await page.goto(here.props.url);
  await page.waitForFunction(() => window.auth);
};
/** The claims of the ID token that the app holds, or nothing. */
const claims = (page, options) =>
  page.evaluate(async (options) => (await window.auth.fetchAuthSession(options)).tokens?.idToken?.payload, options);

async function signUp(page, username, options = {}) {
  await call(page, 'signUp', { username, password: PASSWORD, options: { userAttributes: { email: username }, ...options } });
  const { code } = await here.server.mail(username);
  return call(page, 'confirmSignUp', { username, confirmationCode: code });
}

test('somebody signs up, is signed in by that, changes, renews, and signs out everywhere', () =>
  inApp(async ({ page }) => {
    await open(page);
    const username = newAddress('amplify');
    const { nextStep } = await signUp(page, username, { autoSignIn: true });
    assert.equal(nextStep.signUpStep, 'COMPLETE_AUTO_SIGN_IN');
    assert.equal((await call(page, 'autoSignIn')).isSignedIn, true);
    const first = await claims(page);
    assert.equal(first.email, username);

    await call(page, 'updateUserAttributes', { userAttributes: { nickname: 'Amp' } });
    assert.equal((await claims(page, { forceRefresh: true })).nickname, 'Amp');
    await page.reload();
    await page.waitForFunction(() => window.auth);
    assert.equal((await claims(page)).sub, first.sub);

    const kept = await page.evaluate(async () => (await window.auth.fetchAuthSession()).tokens.accessToken.toString());
    await call(page, 'signOut', { global: true });
    assert.equal(await claims(page), undefined);
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSCognitoIdentityProviderService.GetUser' };
    const refused = await fetch(here.server.base, { method: 'POST', headers, body: JSON.stringify({ AccessToken: kept }) });
    assert.deepEqual([refused.status, (await refused.json()).message], [400, 'Access Token has been revoked']);
  }));

test('a forgotten password is reset, and an authenticator app is asked from then on', () =>
  inApp(async ({ page }) => {
    await open(page);
    const username = newAddress('reset');
    await signUp(page, username);
    const seen = new Set();
    await here.server.mail(username, seen);
    await call(page, 'resetPassword', { username });
    const { code } = await here.server.mail(username, seen);
    const newPassword = `${PASSWORD}-2`;
    await call(page, 'confirmResetPassword', { username, confirmationCode: code, newPassword });
    await assert.rejects(call(page, 'signIn', { username, password: PASSWORD }), /Incorrect username or password/);
    assert.equal((await call(page, 'signIn', { username, password: newPassword })).isSignedIn, true);

    const secret = await page.evaluate(async () => (await window.auth.setUpTOTP()).sharedSecret);
    const authenticator = new Authenticator(secret, here.server);
    await call(page, 'verifyTOTPSetup', { code: await authenticator.code() });
    await call(page, 'updateMFAPreference', { totp: 'PREFERRED' });
    await call(page, 'signOut');
    const asked = await call(page, 'signIn', { username, password: newPassword });
    assert.equal(asked.nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
    assert.equal((await call(page, 'confirmSignIn', { challengeResponse: await authenticator.code() })).isSignedIn, true);
  }));

test('signInWithRedirect goes over the login pages and comes back signed in; signOut ends both sessions', () =>
  inApp(async ({ page, login }) => {
    await open(page);
    const username = newAddress('redirect');
    await signUp(page, username);
    await Promise.all([page.waitForURL(/amplify\.auth\.localhost/), page.evaluate(() => void window.auth.signInWithRedirect())]);
    await login.signIn(username, PASSWORD);
    await page.waitForURL((url) => url.href.startsWith(here.props.url));
    await page.waitForFunction(() => window.heard?.includes('signInWithRedirect'));
    assert.equal((await claims(page)).email, username);

    await Promise.all([page.waitForURL((url) => url.href === here.props.url), page.waitForNavigation(), page.evaluate(() => void window.auth.signOut())]);
    await page.waitForFunction(() => window.auth);
    assert.equal(await claims(page), undefined);
    await Promise.all([page.waitForURL(/amplify\.auth\.localhost/), page.evaluate(() => void window.auth.signInWithRedirect())]);
    await login.field('password').waitFor();
  }));

test('a passkey is made, signs its owner in, and is deleted', () =>
  inApp(async ({ page }) => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
    await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, automaticPresenceSimulation: true } });
    await open(page);
    const username = newAddress('passkey');
    await signUp(page, username);
    await call(page, 'signIn', { username, password: PASSWORD });
    await call(page, 'associateWebAuthnCredential');
    const { credentials } = await call(page, 'listWebAuthnCredentials');
    assert.deepEqual(credentials.map(({ relyingPartyId }) => relyingPartyId), ['localhost']);
    await call(page, 'signOut');

    const preferred = { authFlowType: 'USER_AUTH', preferredChallenge: 'WEB_AUTHN' };
    assert.equal((await call(page, 'signIn', { username, options: preferred })).isSignedIn, true);
    assert.equal((await claims(page)).email, username);
    await call(page, 'deleteWebAuthnCredential', { credentialId: credentials[0].credentialId });
    assert.deepEqual((await call(page, 'listWebAuthnCredentials')).credentials, []);
  }));
