// What the session page teaches: the 401 without a token, and a token that expires, is renewed once and works again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '../support/look.mjs';
import { confirmedUser, signInOn } from '../support/people.mjs';
import { stage } from '../support/stage.mjs';

const here = stage();

test('a call without the token shows the 401 the page could read', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'bare'));
    await dashboard.go('Session');
    const refused = page.waitForResponse((response) => response.request().method() === 'GET' && response.status() === 401);
    await dashboard.button('Call without a token').click();
    const response = await refused;
    assert.equal(await response.request().headerValue('authorization'), null);
    assert.ok(await response.headerValue('www-authenticate'));
    await page.getByText('401 Unauthorized').waitFor();
    await page.getByText('"message":"Unauthorized"').waitFor();
    await dashboard.button('Call with the token').click();
    await page.getByText('200 OK').waitFor();
    await look(page, 'dashboard-session');
  }));

test('a sign-in that was begun at the login domain itself ends in the dashboard', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { email, password } = await confirmedUser(here.server, 'sideways');
    await page.goto(here.server.env.loginDomain);
    await login.signIn(email, password);
    await dashboard.ready();
    assert.equal(new URL(page.url()).search, '');
  }));

test('past its expiry the token gets 401, one renewal, then 200', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { server } = here;
    await signInOn({ dashboard, login }, await confirmedUser(server, 'late'));
    await server.advance(3601);

    const calls = [];
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      const method = response.request().method();
      if (method !== 'OPTIONS' && /^\/(metadata|oauth2)/.test(pathname)) calls.push(`${method} ${pathname} ${response.status()}`);
    });
    const answered = page.waitForResponse(
      (response) => response.url().includes('/metadata/list') && response.status() === 200,
    );
    await dashboard.button('Refresh the list').click();
    await answered;
    assert.deepEqual(calls, ['GET /metadata/list 401', 'POST /oauth2/token 200', 'GET /metadata/list 200']);

    await dashboard.go('Session');
    const row = (note) => page.getByRole('row').filter({ hasText: note });
    await row('after renewal').getByText('200').waitFor();
    await row('token renewed').waitFor();
  }));

test('a session that the pool has ended brings back the start page with the reason', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { server } = here;
    await signInOn({ dashboard, login }, await confirmedUser(server, 'ended'));
    await server.advance(31 * 24 * 3600);
    await dashboard.button('Refresh the list').click();
    await page.getByText('Your session has ended').waitFor();
    await look(page, 'dashboard-session-ended');
  }));

test('tokens stay in the tab: nothing in cookies or in local storage', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'tab'));
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie);
    assert.doesNotMatch(kept, /eyJ/);
    await page.reload();
    await dashboard.ready();
  }));
