// The managed login with scripts switched off, on both pools.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator, readKey } from '../support/authenticator.mjs';
import { newAddress, PASSWORD } from '../support/login-pages.mjs';
import { confirmedUser } from '../support/people.mjs';
import { authorization, redeem, strictApp } from '../support/pool.mjs';
import { stage } from '../support/stage.mjs';

const here = stage(strictApp);
const NO_SCRIPT = { javaScriptEnabled: false };
const NEW_PASSWORD = 'Another-horse-8-battery';

/** The demo client comes back to the dashboard's own address; without scripts its page just stands there. */
function demoRequest(path) {
  const { loginDomain, clientId, dashboardUrl } = here.server.env;
  const redirect = new URL('/callback', dashboardUrl).href;
  return authorization({ loginDomain, clientId }, redirect, path);
}

test('sign up, confirm, sign in, sign out', () =>
  here.withPage(async ({ page, login }) => {
    const email = newAddress('plain');
    const first = demoRequest('/oauth2/authorize');
    await page.goto(first.url);
    await login.openSignUp();
    await login.signUp(email, PASSWORD);
    await login.giveCode((await here.server.mail(email)).code);
    await page.waitForURL((url) => url.pathname === '/callback' || /login/.test(url.pathname));
    if (!page.url().includes('/callback')) await login.signIn(email, PASSWORD);
    await page.waitForURL(/\/callback\?/);
    assert.equal((await redeem(here.server.base, first, page.url())).claims.email, email);

    const { loginDomain, clientId, dashboardUrl } = here.server.env;
    const home = new URL('/', dashboardUrl).href;
    await page.goto(`${loginDomain}/logout?${new URLSearchParams({ client_id: clientId, logout_uri: home })}`);
    assert.equal(page.url(), home);
    await page.goto(demoRequest('/oauth2/authorize').url);
    await login.field('password').waitFor();
  }, NO_SCRIPT));

test('wrong password, then a reset', () =>
  here.withPage(async ({ page, login }) => {
    const seen = new Set();
    const { email } = await confirmedUser(here.server, 'plain-reset');
    await here.server.mail(email, seen);
    const request = demoRequest('/login');
    await page.goto(request.url);
    await login.signIn(email, 'Wrong-horse-9-battery');
    await login.problem();
    await login.openForgotPassword();
    await login.askForReset(email);
    await login.reset((await here.server.mail(email, seen)).code, NEW_PASSWORD);
    await page.waitForURL((url) => url.pathname === '/callback' || /login/.test(url.pathname));
    if (!page.url().includes('/callback')) await login.signIn(email, NEW_PASSWORD);
    await page.waitForURL(/\/callback\?/);
    await redeem(here.server.base, request, page.url());
  }, NO_SCRIPT));

test('on the pool with MFA ON: sign up, set up the app, sign in with it', async () => {
  const { app, pool: strict } = here.props;
  const email = newAddress('plain-strict');
  let phone;
  await here.withPage(async ({ page, login }) => {
    const request = authorization(strict, app.url, '/signup');
    await page.goto(request.url);
    await login.signUp(email, PASSWORD);
    await login.giveCode((await here.server.mail(email)).code);
    await page.locator('svg').or(login.field('password')).first().waitFor();
    if (await login.field('password').isVisible()) await login.signIn(email, PASSWORD);
    await page.locator('svg').first().waitFor();
    phone = new Authenticator(await readKey(page), here.server);
    await login.giveCode(await phone.code());
    await page.waitForURL(`${app.url}?**`);
    await redeem(here.server.base, request, page.url());
  }, NO_SCRIPT);
  await here.withPage(async ({ page, login }) => {
    const request = authorization(strict, app.url);
    await page.goto(request.url);
    await login.signIn(email, PASSWORD);
    await login.giveCode(await phone.code());
    await page.waitForURL(`${app.url}?**`);
    assert.equal((await redeem(here.server.base, request, page.url())).claims.email, email);
  }, NO_SCRIPT);
});
