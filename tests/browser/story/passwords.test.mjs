// Passwords: a wrong one, a forgotten one, a temporary one; and the pages for what went wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '../support/look.mjs';
import { newAddress } from '../support/login-pages.mjs';
import { confirmedUser } from '../support/people.mjs';
import { createUser } from '../support/pool.mjs';
import { stage } from '../support/stage.mjs';

const here = stage();
const NEW_PASSWORD = 'Another-horse-8-battery';

test('a wrong password is refused with the same words for a user that exists and one that does not', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { email } = await confirmedUser(here.server, 'wrong');
    await dashboard.open();
    await dashboard.toSignIn();
    await login.signIn(email, 'Wrong-horse-9-battery');
    const known = await login.problem();
    assert.match(known, /incorrect|wrong|not right/i);
    await look(page, 'login-wrong-password');
    await login.signIn('nobody@example.com', 'Wrong-horse-9-battery');
    assert.equal(await login.problem(), known);
  }));

test('a forgotten password is reset by a code from the mailbox; the old one is dead', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { server } = here;
    const { email, password } = await confirmedUser(server, 'forgetful');
    const seen = new Set();
    await server.mail(email, seen); // the sign-up's
    await dashboard.open();
    await dashboard.toSignIn();
    await login.openForgotPassword();
    await look(page, 'login-forgot-password');
    await login.askForReset(email);
    await look(page, 'login-reset-password');
    const { code } = await server.mail(email, seen);
    await login.reset(code, NEW_PASSWORD);

    const files = page.getByRole('heading', { name: 'Files', level: 1 });
    await files.or(login.field('username')).first().waitFor();
    if (await files.isVisible()) await dashboard.signOut().then(() => dashboard.toSignIn());
    await login.signIn(email, password);
    await login.problem();
    await login.signIn(email, NEW_PASSWORD);
    await dashboard.ready();
  }));

test('a temporary password must be replaced at the first sign-in', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { server } = here;
    const email = newAddress('temporary');
    await createUser(server, server.env.userPoolId, email, 'Temporary-7-horse');
    await dashboard.open();
    await dashboard.toSignIn();
    await login.signIn(email, 'Temporary-7-horse');
    await page.getByText(/new password/i).first().waitFor();
    await look(page, 'login-new-password');
    await login.fillPasswords(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await dashboard.ready();
  }));

test('a client that does not exist, and an address that is not registered, end on a page and not elsewhere', () =>
  here.withPage(async ({ page }) => {
    const { loginDomain, clientId } = here.server.env;
    const ask = (client, redirect) =>
      `${loginDomain}/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: client, redirect_uri: redirect })}`;
    await page.goto(ask(clientId, 'https://elsewhere.example/callback'));
    assert.equal(new URL(page.url()).origin, new URL(loginDomain).origin);
    await look(page, 'login-error');
    await page.goto(ask('nosuchclient', 'https://elsewhere.example/callback'));
    assert.equal(new URL(page.url()).origin, new URL(loginDomain).origin);
  }));

test('the mailbox shows what was sent', () =>
  here.withPage(async ({ page }) => {
    const { email } = await confirmedUser(here.server, 'letter');
    await page.goto(here.server.env.mailboxUrl);
    await page.getByText(email).first().waitFor();
    await look(page, 'mailbox');
  }));
