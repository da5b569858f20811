// Amplify v6, as an app in Node uses it: one configured client, its own token store, SRP unless told otherwise.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Amplify } from 'aws-amplify';
import {
  confirmResetPassword, confirmSignIn, confirmSignUp, confirmUserAttribute, deleteUser, fetchAuthSession, fetchUserAttributes, fetchMFAPreference,
  getCurrentUser, resendSignUpCode, resetPassword, setUpTOTP, signIn, signOut, signUp, updateMFAPreference, updatePassword, updateUserAttributes, verifyTOTPSetup,
} from 'aws-amplify/auth';
import { PASSWORD, start, totp, unique } from './lab.js';

let lab, pool, client;

// Amplify keeps its configuration in the module: each test says which pool it speaks to.
const speakTo = (userPoolId, userPoolClientId) =>
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: lab.base } } });

before(async () => {
  lab = await start('--no-demo');
  pool = await lab.pool();
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: pool, MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } });
  client = (await lab.client(pool)).ClientId;
  speakTo(pool, client);
});
afterEach(async () => {
  await signOut().catch(() => {});
  speakTo(pool, client);
});
after(() => lab?.stop());

const mail = (username) => `${username}@example.com`;
const signedIn = async (username, options) => {
  const { isSignedIn, nextStep } = await signIn({ username, password: PASSWORD, ...options });
  assert.equal(isSignedIn, true, JSON.stringify(nextStep));
};

test('a user signs up, asks for the code again, confirms and signs in by SRP', async () => {
  const username = unique();
  const first = await signUp({ username, password: PASSWORD, options: { userAttributes: { email: mail(username), name: 'Ann' } } });
  assert.equal(first.nextStep.signUpStep, 'CONFIRM_SIGN_UP');
  assert.equal(first.nextStep.codeDeliveryDetails.deliveryMedium, 'EMAIL');
  const early = await signIn({ username, password: PASSWORD });
  assert.equal(early.nextStep.signInStep, 'CONFIRM_SIGN_UP', 'Amplify turns UserNotConfirmedException into a step');
  assert.equal((await resendSignUpCode({ username })).attributeName, 'email');
  await assert.rejects(confirmSignUp({ username, confirmationCode: '000000' }), { name: 'CodeMismatchException' });
  const confirmed = await confirmSignUp({ username, confirmationCode: await lab.code(mail(username)) });
  assert.equal(confirmed.isSignUpComplete, true);
  await signedIn(username);
  const who = await getCurrentUser();
  assert.deepEqual([who.username, who.userId], [username, first.userId]);
});

test('a password goes over the wire where the app asks for that flow', async () => {
  const username = await lab.user(pool, unique());
  await signedIn(username, { options: { authFlowType: 'USER_PASSWORD_AUTH' } });
  await signOut();
  await assert.rejects(signIn({ username, password: 'wr0ng!Password' }), { name: 'NotAuthorizedException', message: 'Incorrect username or password.' });
});

test('a session is kept, refreshed on demand and read', async () => {
  const username = await lab.user(pool, unique());
  await signedIn(username);
  const before = (await fetchAuthSession()).tokens;
  assert.equal(before.idToken.payload.email, mail(username));
  assert.equal(before.accessToken.payload.client_id, client);
  assert.equal((await fetchAuthSession()).tokens.accessToken.toString(), before.accessToken.toString(), 'a good token is not changed');
  const renewed = (await fetchAuthSession({ forceRefresh: true })).tokens;
  assert.notEqual(renewed.accessToken.toString(), before.accessToken.toString());
  assert.equal(renewed.accessToken.payload.origin_jti, before.accessToken.payload.origin_jti);
});

test('a session with rotating refresh tokens is refreshed again and again', async () => {
  const rotating = await lab.client(pool, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 } });
  speakTo(pool, rotating.ClientId);
  await signedIn(await lab.user(pool, unique()));
  const seen = new Set();
  for (let n = 0; n < 3; n += 1) seen.add((await fetchAuthSession({ forceRefresh: true })).tokens.accessToken.toString());
  assert.equal(seen.size, 3);
});

test('attributes are changed, and a new address is verified', async () => {
  const username = await lab.user(pool, unique());
  await signedIn(username);
  const changed = `new-${mail(username)}`;
  const { email, nickname } = await updateUserAttributes({ userAttributes: { email: changed, nickname: 'nick' } });
  assert.equal(email.nextStep.updateAttributeStep, 'CONFIRM_ATTRIBUTE_WITH_CODE');
  assert.equal(nickname.isUpdated, true);
  await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: await lab.code(changed) });
  const attributes = await fetchUserAttributes();
  assert.deepEqual([attributes.email, attributes.email_verified, attributes.nickname], [changed, 'true', 'nick']);
});

test('a forgotten password is replaced, and a known one is changed', async () => {
  const username = await lab.user(pool, unique());
  const asked = await resetPassword({ username });
  assert.equal(asked.nextStep.resetPasswordStep, 'CONFIRM_RESET_PASSWORD_WITH_CODE');
  await confirmResetPassword({ username, confirmationCode: await lab.code(mail(username)), newPassword: 'An0ther!pass' });
  assert.equal((await signIn({ username, password: 'An0ther!pass' })).isSignedIn, true);
  await updatePassword({ oldPassword: 'An0ther!pass', newPassword: PASSWORD });
  await signOut();
  await signedIn(username);
});

test('a temporary password is changed at the first sign-in', async () => {
  const username = await lab.user(pool, unique(), PASSWORD, false);
  const { nextStep } = await signIn({ username, password: PASSWORD });
  assert.equal(nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
  const done = await confirmSignIn({ challengeResponse: 'An0ther!pass', options: { userAttributes: { nickname: 'nick' } } });
  assert.equal(done.isSignedIn, true);
  assert.equal((await fetchUserAttributes()).nickname, 'nick');
});

test('TOTP is enrolled, preferred and asked for', async () => {
  const username = await lab.user(pool, unique());
  await signedIn(username);
  const { sharedSecret } = await setUpTOTP();
  await assert.rejects(verifyTOTPSetup({ code: '000000' }), { name: 'EnableSoftwareTokenMFAException' });
  await verifyTOTPSetup({ code: totp(sharedSecret, await lab.now()) });
  await updateMFAPreference({ totp: 'PREFERRED' });
  assert.deepEqual(await fetchMFAPreference(), { enabled: ['TOTP'], preferred: 'TOTP' });
  await signOut();
  const { nextStep } = await signIn({ username, password: PASSWORD });
  assert.equal(nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
  await assert.rejects(confirmSignIn({ challengeResponse: '000000' }), { name: 'CodeMismatchException' });
  await lab.advance(31);
  assert.equal((await confirmSignIn({ challengeResponse: totp(sharedSecret, await lab.now()) })).isSignedIn, true);
});

test('where MFA is on, the set-up comes at the first sign-in', async () => {
  const strict = await lab.pool();
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: strict, MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } });
  speakTo(strict, (await lab.client(strict)).ClientId);
  const username = await lab.user(strict, unique());
  const { nextStep } = await signIn({ username, password: PASSWORD });
  assert.equal(nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP');
  const { sharedSecret } = nextStep.totpSetupDetails;
  assert.equal((await confirmSignIn({ challengeResponse: totp(sharedSecret, await lab.now()) })).isSignedIn, true);
});

test('a global sign-out ends the session everywhere', async () => {
  const username = await lab.user(pool, unique());
  await signedIn(username);
  const { accessToken } = (await fetchAuthSession()).tokens;
  await signOut({ global: true });
  await assert.rejects(getCurrentUser(), { name: 'UserUnAuthenticatedException' });
  await assert.rejects(lab.call('GetUser', { AccessToken: accessToken.toString() }), /Access Token has been revoked/);
});

test('a user deletes the account', async () => {
  const username = await lab.user(pool, unique());
  await signedIn(username);
  await deleteUser();
  await assert.rejects(lab.call('AdminGetUser', { UserPoolId: pool, Username: username }), /UserNotFoundException/);
});
