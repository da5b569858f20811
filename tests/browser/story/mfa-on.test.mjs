// A second pool, made by signed AWS calls, in which everybody needs an authenticator app.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator, readKey, readQr } from '../support/authenticator.mjs';
import { look } from '../support/look.mjs';
import { newAddress, PASSWORD } from '../support/login-pages.mjs';
import { authorization, redeem, strictApp } from '../support/pool.mjs';
import { stage } from '../support/stage.mjs';

const here = stage(strictApp);

test('sign-up leads to the set-up page with a QR code; the next sign-in asks for a code', async () => {
  const { app, pool } = here.props;
  const email = newAddress('strict');
  let phone;
  await here.withPage(async ({ page, login }) => {
    const request = authorization(pool, app.url, '/signup');
    await page.goto(request.url);
    await login.signUp(email, PASSWORD);
    const { code } = await here.server.mail(email);
    await login.giveCode(code);
    await reachSetUp({ page, login }, email);
    await look(page, 'login-mfa-set-up');

    const address = await readQr(page.locator('svg').filter({ has: page.locator('path, rect') }).last());
    assert.equal(address.searchParams.get('secret'), await readKey(page), 'QR code and text key differ');
    phone = new Authenticator(address.searchParams.get('secret'), here.server);
    await login.giveCode(await phone.wrongCode());
    await login.problem();
    await login.giveCode(await phone.code());
    await page.waitForURL(`${app.url}?**`);
    const { claims } = await redeem(here.server.base, request, page.url());
    assert.equal(claims.email, email);
  });

  await here.withPage(async ({ page, login }) => {
    const request = authorization(pool, app.url);
    await page.goto(request.url);
    await login.signIn(email, PASSWORD);
    await login.field('code').waitFor();
    await login.giveCode(await phone.code());
    await page.waitForURL(`${app.url}?**`);
    await redeem(here.server.base, request, page.url());
  });
});

test('a code works once, also on the pages', async () => {
  const { app, pool } = here.props;
  const email = newAddress('once');
  let phone;
  let used;
  await here.withPage(async ({ page, login }) => {
    await page.goto(authorization(pool, app.url, '/signup').url);
    await login.signUp(email, PASSWORD);
    await login.giveCode((await here.server.mail(email)).code);
    await reachSetUp({ page, login }, email);
    phone = new Authenticator(await readKey(page), here.server);
    used = await phone.code();
    await login.giveCode(used);
    await page.waitForURL(`${app.url}?**`);
  });
  await here.withPage(async ({ page, login }) => {
    await page.goto(authorization(pool, app.url).url);
    await login.signIn(email, PASSWORD);
    await login.giveCode(used);
    await login.problem();
    await login.giveCode(await phone.code());
    await page.waitForURL(`${app.url}?**`);
  });
});

/** After the confirmation the pages either go on to the set-up, or ask for the password first. */
async function reachSetUp({ page, login }, email) {
  const key = page.locator('svg').first();
  await key.or(login.field('password')).first().waitFor();
  if (await login.field('password').isVisible()) await login.signIn(email, PASSWORD);
  await page.locator('svg').first().waitFor();
  await login.field('code').waitFor();
}
