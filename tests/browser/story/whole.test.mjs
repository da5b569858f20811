// The whole story of one person: from sign-up to sign-out with a second factor, and a file in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator, readQr } from '../support/authenticator.mjs';
import { look } from '../support/look.mjs';
import { newAddress, PASSWORD } from '../support/login-pages.mjs';
import { picture } from '../support/pictures.mjs';
import { stage } from '../support/stage.mjs';

const here = stage();

test('a person signs up, enrols an authenticator app, and works with a file', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { server } = here;
    const email = newAddress('ada');

    await dashboard.open();
    await look(page, 'dashboard-start');
    await dashboard.toSignUp();
    await look(page, 'login-sign-up');
    await login.signUp(email, PASSWORD);
    await look(page, 'login-confirm');

    const seen = new Set();
    const { code } = await server.mail(email, seen);
    await login.giveCode('000000' === code ? '111111' : '000000');
    await login.expectProblem(/code/i);
    await login.giveCode(code);
    await arriveOrSignIn({ page, login, dashboard }, email);
    await look(page, 'dashboard-files-empty');

    const app = await enrol({ page, dashboard }, server);
    await dashboard.signOut();

    await dashboard.toSignIn();
    await look(page, 'login-sign-in');
    await login.signIn(email, PASSWORD);
    await login.field('code').waitFor();
    await look(page, 'login-totp');
    await login.giveCode(await app.wrongCode());
    await login.expectProblem(/code/i);
    await login.giveCode(await app.code());
    await dashboard.ready();

    await uploadLookDelete({ page, dashboard }, email);
    await dashboard.signOut();
    await dashboard.toSignIn(); // the login cookie is gone too: the form is there, nobody was waved through
  }));

/** After the confirmation the pages either sign the person in, or ask for the password. */
async function arriveOrSignIn({ page, login, dashboard }, email) {
  const files = page.getByRole('heading', { name: 'Files', level: 1 });
  await files.or(login.field('password')).first().waitFor();
  if (await login.field('password').isVisible()) await login.signIn(email, PASSWORD);
  await dashboard.ready();
}

async function enrol({ page, dashboard }, server) {
  await dashboard.go('Security');
  await look(page, 'dashboard-security-off');
  await dashboard.button('Set up').click();
  const qr = page.getByRole('img', { name: 'QR code for your authenticator app' });
  await qr.waitFor();
  await look(page, 'dashboard-security-enrol');
  const address = await readQr(qr);
  assert.equal(address.protocol, 'otpauth:');
  const app = new Authenticator(address.searchParams.get('secret'), server);

  await page.getByLabel('Enter the code').fill(await app.wrongCode());
  await dashboard.button('Turn on').click();
  await page.getByText('That code is not right').waitFor();
  await page.getByLabel('Enter the code').fill(await app.code());
  await dashboard.button('Turn on').click();
  await page.getByText('On: each sign-in asks for a code.').waitFor();
  await look(page, 'dashboard-security-on');
  return app;
}

async function uploadLookDelete({ page, dashboard }, email) {
  const file = picture('roof survey.png');
  const steps = await watchProgress(page);
  await dashboard.upload(file);
  await page.getByText(/roof survey\.png .* uploaded/).waitFor();
  assert.ok((await steps()).length > 0, 'no progress bar was seen');

  await dashboard.row('roof survey.png').getByText('Complete').waitFor();
  await dashboard.row('roof survey.png').getByText(email).waitFor(); // not by a user id
  await look(page, 'dashboard-files');
  await dashboard.details('roof survey.png');
  const preview = page.getByRole('img', { name: 'Preview of roof survey.png' });
  await preview.waitFor();
  await page.waitForFunction(() => document.querySelector('.preview img')?.naturalWidth === 320);
  await look(page, 'dashboard-details');

  await dashboard.button('Delete roof survey.png').click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await look(page, 'dashboard-delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('roof survey.png was deleted.').waitFor();
  await dashboard.row('roof survey.png').waitFor({ state: 'detached' });
}

/** Notes the values of any progress bar that comes up, however short its life. */
async function watchProgress(page) {
  await page.evaluate(() => {
    globalThis.seenProgress = [];
    new MutationObserver(() => {
      const bar = document.querySelector('[aria-label="Uploads"] progress');
      if (bar) globalThis.seenProgress.push(bar.value);
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  return () => page.evaluate(() => globalThis.seenProgress);
}
