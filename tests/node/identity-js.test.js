// amazon-cognito-identity-js: the library that browsers used for years. SRP is its only way in unless told otherwise.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserAttribute, CognitoUserPool } from 'amazon-cognito-identity-js';
import { PASSWORD, start, totp, unique } from './lab.js';

let lab, poolId, clientId;

before(async () => {
  lab = await start('--no-demo');
  poolId = await lab.pool();
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: poolId, MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } });
  clientId = (await lab.client(poolId)).ClientId;
});
after(() => lab?.stop());

class Memory {
  items = new Map();
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => this.items.set(key, value);
  removeItem = (key) => this.items.delete(key);
  clear = () => this.items.clear();
}

const pool = (ClientId = clientId, UserPoolId = poolId) => new CognitoUserPool({ UserPoolId, ClientId, endpoint: lab.base, Storage: new Memory() });
const user = (Username, Pool = pool()) => new CognitoUser({ Username, Pool, Storage: Pool.storage });
const details = (Username, Password = PASSWORD) => new AuthenticationDetails({ Username, Password });
const called = (act) => new Promise((done, fail) => act((error, result) => (error ? fail(error) : done(result))));

// Which callback the library chose, and with what.
const outcome = (act) =>
  new Promise((done) => {
    const callbacks = {};
    for (const name of ['onSuccess', 'onFailure', 'newPasswordRequired', 'mfaRequired', 'totpRequired', 'mfaSetup', 'selectMFAType', 'customChallenge'])
      callbacks[name] = (...given) => done({ name, given });
    act(callbacks);
  });

const signIn = (who, password) => outcome((callbacks) => who.authenticateUser(details(who.getUsername(), password), callbacks));

test('a user signs up, confirms with the mailed code and signs in by SRP', async () => {
  const name = unique();
  const email = `${name}@example.com`;
  const result = await called((done) => pool().signUp(name, PASSWORD, [new CognitoUserAttribute({ Name: 'email', Value: email })], [], done));
  assert.equal(result.userConfirmed, false);
  assert.equal(result.codeDeliveryDetails.DeliveryMedium, 'EMAIL');
  const who = user(name);
  const early = await signIn(who);
  assert.equal(early.name, 'onFailure');
  assert.equal(early.given[0].code, 'UserNotConfirmedException');
  await assert.rejects(called((done) => who.confirmRegistration('000000', false, done)), { code: 'CodeMismatchException' });
  assert.equal(await called(async (done) => who.confirmRegistration(await lab.code(email), false, done)), 'SUCCESS');
  const { name: how, given } = await signIn(who);
  assert.equal(how, 'onSuccess', given[0]?.message);
  const session = given[0];
  assert.equal(session.isValid(), true);
  assert.equal(session.getIdToken().decodePayload().email, email);
  assert.equal(session.getAccessToken().decodePayload().client_id, clientId);
});

test('SRP holds for passwords and names of every kind, again and again', async () => {
  for (const password of [PASSWORD, 'Pässw0rd!ünïcode€', 'Aa1!' + 'x'.repeat(200), 'Zz9&<>"\'\\%']) {
    const name = await lab.user(poolId, unique(), password);
    for (let n = 0; n < 3; n += 1) {
      const { name: how, given } = await signIn(user(name), password);
      assert.equal(how, 'onSuccess', `${password}: ${given[0]?.message}`);
    }
  }
});

test('a wrong password is told as AWS tells it', async () => {
  const { name: how, given } = await signIn(user(await lab.user(poolId, unique())), 'wr0ng!Password');
  assert.equal(how, 'onFailure');
  assert.deepEqual([given[0].code, given[0].message], ['NotAuthorizedException', 'Incorrect username or password.']);
});

test('an e-mail address signs in where the pool says so', async () => {
  const mails = await lab.pool({ UsernameAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false } });
  const { ClientId } = await lab.client(mails);
  const email = await lab.user(mails, `${unique()}@example.com`);
  const { name: how, given } = await signIn(user(email.toUpperCase(), pool(ClientId, mails)));
  assert.equal(how, 'onSuccess', given[0]?.message);
});

test('a new password is demanded and given', async () => {
  const who = user(await lab.user(poolId, unique(), PASSWORD, false));
  const asked = await signIn(who);
  assert.equal(asked.name, 'newPasswordRequired');
  const [attributes, required] = asked.given;
  assert.match(attributes.email, /@example.com$/);
  assert.deepEqual(required, []);
  const done = await outcome((callbacks) => who.completeNewPasswordChallenge('An0ther!pass', {}, callbacks));
  assert.equal(done.name, 'onSuccess', done.given[0]?.message);
  assert.equal((await signIn(user(who.getUsername()), 'An0ther!pass')).name, 'onSuccess');
});

test('a session is refreshed, read and ended', async () => {
  const who = user(await lab.user(poolId, unique()));
  const session = (await signIn(who)).given[0];
  const refreshed = await called((done) => who.refreshSession(new CognitoRefreshToken({ RefreshToken: session.getRefreshToken().getToken() }), done));
  assert.notEqual(refreshed.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());
  const attributes = await called((done) => who.getUserAttributes(done));
  assert.ok(attributes.some((one) => one.getName() === 'email_verified' && one.getValue() === 'true'));
  assert.equal(await called((done) => who.changePassword(PASSWORD, 'An0ther!pass', done)), 'SUCCESS');
  await assert.rejects(called((done) => who.refreshSession(new CognitoRefreshToken({ RefreshToken: 'a.b.c.d.e' }), done)), { code: 'NotAuthorizedException', message: 'Invalid Refresh Token' });
});

test('a global sign-out ends the refresh token', async () => {
  const who = user(await lab.user(poolId, unique()));
  const session = (await signIn(who)).given[0];
  assert.equal(await new Promise((done, fail) => who.globalSignOut({ onSuccess: done, onFailure: fail })), 'SUCCESS');
  await assert.rejects(called((done) => who.refreshSession(session.getRefreshToken(), done)), { code: 'NotAuthorizedException' });
});

test('a forgotten password is replaced', async () => {
  const who = user(await lab.user(poolId, unique()));
  await new Promise((done, fail) => who.forgotPassword({ onSuccess: done, onFailure: fail, inputVerificationCode: done }));
  const code = await lab.code(`${who.getUsername()}@example.com`);
  assert.equal(await new Promise((done, fail) => who.confirmPassword(code, 'An0ther!pass', { onSuccess: done, onFailure: fail })), 'SUCCESS');
  assert.equal((await signIn(user(who.getUsername()), 'An0ther!pass')).name, 'onSuccess');
});

test('TOTP is enrolled, preferred and asked for', async () => {
  const who = user(await lab.user(poolId, unique()));
  await signIn(who);
  const secret = await new Promise((done, fail) => who.associateSoftwareToken({ associateSecretCode: done, onFailure: fail }));
  await new Promise(async (done, fail) => who.verifySoftwareToken(totp(secret, await lab.now()), 'phone', { onSuccess: done, onFailure: fail }));
  assert.equal(await called((done) => who.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, done)), 'SUCCESS');
  const again = user(who.getUsername());
  const asked = await signIn(again);
  assert.equal(asked.name, 'totpRequired');
  await lab.advance(31);
  const wrong = await outcome((callbacks) => again.sendMFACode('000000', callbacks, 'SOFTWARE_TOKEN_MFA'));
  assert.equal(wrong.given[0].code, 'CodeMismatchException');
  const code = totp(secret, await lab.now());
  const done = await outcome((callbacks) => again.sendMFACode(code, callbacks, 'SOFTWARE_TOKEN_MFA'));
  assert.equal(done.name, 'onSuccess', done.given[0]?.message);
});

test('where MFA is on, the set-up comes at the first sign-in', async () => {
  const strict = await lab.pool();
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: strict, MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } });
  const { ClientId } = await lab.client(strict);
  const who = user(await lab.user(strict, unique()), pool(ClientId, strict));
  const asked = await signIn(who);
  assert.equal(asked.name, 'mfaSetup');
  const secret = await new Promise((done, fail) => who.associateSoftwareToken({ associateSecretCode: done, onFailure: fail }));
  const session = await new Promise(async (done, fail) => who.verifySoftwareToken(totp(secret, await lab.now()), 'phone', { onSuccess: done, onFailure: fail }));
  assert.equal(session.isValid(), true);
});

test('a remembered device proves itself and stands in for the second factor', async () => {
  const tracking = await lab.pool({ DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false } });
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: tracking, MfaConfiguration: 'OPTIONAL', EmailMfaConfiguration: {} });
  const { ClientId } = await lab.client(tracking);
  const name = await lab.user(tracking, unique());
  const laptop = pool(ClientId, tracking);
  const first = user(name, laptop);
  assert.equal((await signIn(first)).name, 'onSuccess');
  const { Devices } = await lab.call('AdminListDevices', { UserPoolId: tracking, Username: name });
  assert.equal(Devices.length, 1, 'the library confirms the device by itself');
  await lab.call('AdminSetUserMFAPreference', { UserPoolId: tracking, Username: name, EmailMfaSettings: { Enabled: true, PreferredMfa: true } });
  const again = user(name, laptop);
  const { name: how, given } = await signIn(again);
  assert.equal(how, 'onSuccess', given[0]?.message);
  assert.equal(given[0].getAccessToken().decodePayload().device_key, Devices[0].DeviceKey);
  await called((done) => again.refreshSession(given[0].getRefreshToken(), done));
  await new Promise((done, fail) => again.setDeviceStatusNotRemembered({ onSuccess: done, onFailure: fail }));
  assert.notEqual((await signIn(user(name, laptop))).name, 'onSuccess', 'a code is asked for again');
  await new Promise((done, fail) => again.forgetDevice({ onSuccess: done, onFailure: fail }));
  const forgotten = await signIn(user(name, laptop));
  assert.notEqual(forgotten.given[0]?.code, 'ResourceNotFoundException', 'the library drops a stale device and comes again');
});

test('a code by SMS is asked for and sent', async () => {
  const phones = await lab.pool();
  await lab.call('SetUserPoolMfaConfig', { UserPoolId: phones, MfaConfiguration: 'OPTIONAL', SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sns' } } });
  const { ClientId } = await lab.client(phones);
  const name = await lab.user(phones, unique());
  await lab.call('AdminUpdateUserAttributes', { UserPoolId: phones, Username: name, UserAttributes: [{ Name: 'phone_number', Value: '+12065550177' }, { Name: 'phone_number_verified', Value: 'true' }] });
  await lab.call('AdminSetUserMFAPreference', { UserPoolId: phones, Username: name, SMSMfaSettings: { Enabled: true } });
  const who = user(name, pool(ClientId, phones));
  assert.equal((await signIn(who)).name, 'mfaRequired');
  const done = await outcome(async (callbacks) => who.sendMFACode(await lab.code('+12065550177'), callbacks));
  assert.equal(done.name, 'onSuccess', done.given[0]?.message);
});
