// Amplify v6 and the newer ways in: choice-based sign-in, codes by mail, autoSignIn, remembered devices.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Amplify } from 'aws-amplify';
import { autoSignIn, confirmSignIn, confirmSignUp, fetchAuthSession, fetchDevices, forgetDevice, rememberDevice, signIn, signOut, signUp } from 'aws-amplify/auth';
import { PASSWORD, start, unique } from './lab.js';

// Amplify names a device after the browser; Node before 21 has no `navigator`.
globalThis.navigator ??= { userAgent: 'node', platform: 'node' };
// For autoSignIn the library keeps a timer of three minutes; this process shall not wait for it.
const timer = globalThis.setTimeout;
globalThis.setTimeout = (act, delay, ...more) => (delay < 60_000 ? timer(act, delay, ...more) : timer(act, delay, ...more).unref());

let lab, pool, client;
const FLOWS = ['ALLOW_USER_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];
const speakTo = (userPoolId, userPoolClientId) =>
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: lab.base } } });

before(async () => {
  lab = await start('--no-demo');
  pool = await lab.pool({ UsernameAttributes: ['email'], Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } });
  client = (await lab.client(pool, { ExplicitAuthFlows: FLOWS })).ClientId;
  speakTo(pool, client);
});
afterEach(async () => {
  await signOut().catch(() => {});
  speakTo(pool, client);
});
after(() => lab?.stop());

const address = () => `${unique()}@example.com`;

test('the user chooses how to prove themselves', async () => {
  const username = await lab.user(pool, address());
  const { nextStep } = await signIn({ username, options: { authFlowType: 'USER_AUTH' } });
  assert.equal(nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION');
  assert.deepEqual([...nextStep.availableChallenges].sort(), ['EMAIL_OTP', 'PASSWORD', 'PASSWORD_SRP']);
  const chosen = await confirmSignIn({ challengeResponse: 'EMAIL_OTP' });
  assert.equal(chosen.nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
  await assert.rejects(confirmSignIn({ challengeResponse: '00000000' }), { name: 'CodeMismatchException' });
  assert.equal((await confirmSignIn({ challengeResponse: await lab.code(username) })).isSignedIn, true);
});

for (const preferredChallenge of ['PASSWORD', 'PASSWORD_SRP']) {
  test(`${preferredChallenge} is preferred and given at once`, async () => {
    const username = await lab.user(pool, address());
    const { isSignedIn, nextStep } = await signIn({ username, password: PASSWORD, options: { authFlowType: 'USER_AUTH', preferredChallenge } });
    assert.equal(isSignedIn, true, JSON.stringify(nextStep));
  });
}

test('SRP may be chosen among the factors', async () => {
  const username = await lab.user(pool, address());
  await signIn({ username, options: { authFlowType: 'USER_AUTH' } });
  const { nextStep } = await confirmSignIn({ challengeResponse: 'PASSWORD_SRP' });
  assert.equal(nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_PASSWORD');
  assert.equal((await confirmSignIn({ challengeResponse: PASSWORD })).isSignedIn, true);
});

test('a sign-up without a password goes on to a sign-in by itself', async () => {
  const username = address();
  const first = await signUp({ username, options: { userAttributes: { email: username }, autoSignIn: { authFlowType: 'USER_AUTH' } } });
  assert.equal(first.nextStep.signUpStep, 'CONFIRM_SIGN_UP');
  const { nextStep } = await confirmSignUp({ username, confirmationCode: await lab.code(username) });
  assert.equal(nextStep.signUpStep, 'COMPLETE_AUTO_SIGN_IN');
  assert.equal((await autoSignIn()).isSignedIn, true);
  assert.equal((await fetchAuthSession()).tokens.idToken.payload.email, username);
});

test('where MFA is on, an address is enrolled and proven', async () => {
  const strict = await lab.pool({ AutoVerifiedAttributes: [] });
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: strict, MfaConfiguration: 'ON', EmailMfaConfiguration: {} });
  speakTo(strict, (await lab.client(strict)).ClientId);
  const username = unique();
  await lab.call('AdminCreateUser', { UserPoolId: strict, Username: username, MessageAction: 'SUPPRESS' });
  await lab.call('AdminSetUserPassword', { UserPoolId: strict, Username: username, Password: PASSWORD, Permanent: true });
  const asked = await signIn({ username, password: PASSWORD });
  assert.equal(asked.nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP');
  const mail = address();
  const sent = await confirmSignIn({ challengeResponse: mail });
  assert.equal(sent.nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
  assert.equal((await confirmSignIn({ challengeResponse: await lab.code(mail) })).isSignedIn, true);
});

test('a device is remembered, listed and forgotten', async () => {
  const tracking = await lab.pool({ DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true } });
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: tracking, MfaConfiguration: 'OPTIONAL', EmailMfaConfiguration: {} });
  speakTo(tracking, (await lab.client(tracking)).ClientId);
  const username = await lab.user(tracking, unique());
  const enter = () => signIn({ username, password: PASSWORD });
  assert.equal((await enter()).isSignedIn, true);
  await rememberDevice();
  assert.equal((await fetchDevices()).length, 1);
  assert.ok((await fetchAuthSession({ forceRefresh: true })).tokens, 'the refresh carries the device');
  await lab.call('AdminSetUserMFAPreference', { UserPoolId: tracking, Username: username, EmailMfaSettings: { Enabled: true, PreferredMfa: true } });
  await signOut();
  assert.equal((await enter()).isSignedIn, true, 'the device stands in for the code');
  await forgetDevice();
  await signOut();
  assert.equal((await enter()).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
  assert.equal((await confirmSignIn({ challengeResponse: await lab.code(`${username}@example.com`) })).isSignedIn, true);
});
