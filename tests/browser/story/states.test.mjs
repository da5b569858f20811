// What a person sees while waiting, when a server is gone, and on the pages at the edge of the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '../support/look.mjs';
import { newAddress } from '../support/login-pages.mjs';
import { confirmedUser, signInOn } from '../support/people.mjs';
import { stage } from '../support/stage.mjs';

const here = stage();

test('the list says that it loads, and what to do when nobody answers', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'patient'));
    let letGo;
    const held = new Promise((done) => {
      letGo = done;
    });
    await page.route('**/metadata/list?*', (route) => held.then(() => route.abort()));
    await page.reload();
    await page.getByText('Loading files').first().waitFor();
    await look(page, 'dashboard-files-loading');
    letGo();
    await page.getByText('No connection').waitFor();
    await look(page, 'dashboard-files-error');
    page.problems.splice(0); // the browser reports the line we cut

    await page.unroute('**/metadata/list?*');
    await dashboard.button('Try again').click();
    await page.getByText('No files yet').waitFor();
  }));

test('a sign-in given up half way brings back the start page with the reason', () =>
  here.withPage(async ({ page, dashboard }) => {
    await page.goto(new URL('/callback?error=access_denied&state=unknown', here.server.env.dashboardUrl).href);
    await page.getByText('The sign-in did not succeed').waitFor();
    await look(page, 'dashboard-sign-in-failed');
    await dashboard.toSignIn();
  }));

test('a weak password is explained at sign-up, and nothing is lost', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const email = newAddress('weak');
    await dashboard.open();
    await dashboard.toSignUp();
    await login.field('email').fill(email);
    await login.fillPasswords('short');
    await login.submit('email');
    await login.expectProblem(/password/i);
    assert.equal(await login.field('email').inputValue(), email);
    await look(page, 'login-weak-password');
  }));

test('signing out without an address to go to ends on a page of the login', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    const { loginDomain, clientId } = here.server.env;
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'leaver'));
    await page.goto(`${loginDomain}/logout?${new URLSearchParams({ client_id: clientId })}`);
    await page.getByText('You are signed out.').waitFor();
    await look(page, 'login-signed-out');
  }));

test('the server has a home page', () =>
  here.withPage(async ({ page }) => {
    await page.goto(here.server.base);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(page, 'home');
  }));
