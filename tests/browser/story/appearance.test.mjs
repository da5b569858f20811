// Dark mode follows the system until somebody chooses; the page works on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmedUser, signInOn } from '../support/people.mjs';
import { picture } from '../support/pictures.mjs';
import { stage } from '../support/stage.mjs';

const here = stage();
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

test('dark mode follows the system, and a choice is remembered', () =>
  here.withPage(async ({ page, dashboard }) => {
    await dashboard.open();
    assert.equal(await isDark(page), false);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.body.classList.contains('awsui-dark-mode'));

    await dashboard.button(/^Appearance/).click();
    await page.getByRole('menuitemcheckbox', { name: 'Light' }).click();
    assert.equal(await isDark(page), false);
    await page.reload();
    await dashboard.button('Sign in', { exact: true }).waitFor();
    assert.equal(await isDark(page), false, 'the choice outlives a reload');

    await dashboard.button(/^Appearance/).click();
    await page.getByRole('menuitemcheckbox', { name: 'Like the system' }).click();
    assert.equal(await isDark(page), true);
  }));

test('on a phone a person signs in, uploads, looks, deletes and signs out', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'phone'));
    await dashboard.upload(picture('phone.png'));
    await page.getByText(/phone\.png .* uploaded/).waitFor();
    await dashboard.details('phone.png');
    await page.getByRole('img', { name: 'Preview of phone.png' }).waitFor();
    await dashboard.button('Delete phone.png').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('phone.png was deleted.').waitFor();
    await dashboard.go('Session');
    await dashboard.go('Security');
    await dashboard.signOut();
  }, PHONE));

function isDark(page) {
  return page.evaluate(() => document.body.classList.contains('awsui-dark-mode'));
}
