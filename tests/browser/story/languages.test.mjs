// The login pages in other languages and in a customer's look: nothing for axe-core to find, nothing that scrolls sideways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateManagedLoginBrandingCommand, UpdateUserPoolDomainCommand } from '@aws-sdk/client-cognito-identity-provider';
import { look } from '../support/look.mjs';
import { authorization, awsClient, strictApp } from '../support/pool.mjs';
import { stage } from '../support/stage.mjs';

const here = stage(strictApp);
const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'id', 'it', 'ja', 'ko', 'pt-BR', 'zh-CN', 'zh-TW'];
const open = (page, path, lang) => {
  const { pool, app } = here.props;
  return page.goto(`${authorization(pool, app.url, path).url}&lang=${lang}`);
};

test('a language is chosen from the menu without script, and stays', () =>
  here.withPage(async ({ page }) => {
    await open(page, '/login', 'en');
    await page.locator('summary').click();
    await page.getByRole('link', { name: 'العربية' }).click();
    await page.getByRole('heading', { level: 1, name: 'تسجيل الدخول' }).waitFor();
    await page.getByRole('link', { name: 'إنشاء حساب' }).click();
    await page.waitForURL(/\/signup/);
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  }, { javaScriptEnabled: false }));

test('the pages have nothing for axe-core to find in Arabic', () =>
  here.withPage(async ({ page }) => {
    for (const path of ['/login', '/signup', '/forgotPassword', '/confirmUser', '/confirmForgotPassword']) {
      await open(page, path, 'ar');
      await look(page, `login-ar${path.replace('/', '-')}`);
    }
  }));

test('no language is a worse page', () =>
  here.withPage(async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 700 });
    for (const lang of LANGUAGES) {
      await open(page, '/signup', lang);
      await page.locator('summary').click();
      assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${lang} scrolls sideways`);
    }
  }));

test('a branded page shows its colours and its logo', () =>
  here.withPage(async ({ page }) => {
    const { pool } = here.props;
    const aws = awsClient(here.server);
    const mark = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60"><rect width="200" height="60" fill="#7a1fa2"/></svg>';
    await aws.send(new UpdateUserPoolDomainCommand({ UserPoolId: pool.userPoolId, Domain: 'strict', ManagedLoginVersion: 2 }));
    await aws.send(
      new CreateManagedLoginBrandingCommand({
        UserPoolId: pool.userPoolId,
        ClientId: pool.clientId,
        Settings: {
          categories: { global: { colorSchemeMode: 'LIGHT', pageHeader: { enabled: true }, pageFooter: { enabled: true } }, form: { location: { horizontal: 'END' } } },
          componentClasses: { buttons: { borderRadius: 24 }, link: { lightMode: { defaults: { textColor: '7a1fa2ff' } } } },
          components: { primaryButton: { lightMode: { defaults: { backgroundColor: '7a1fa2ff' } } } },
        },
        Assets: [
          { Category: 'FORM_LOGO', ColorMode: 'DYNAMIC', Extension: 'SVG', Bytes: Buffer.from(mark) },
          { Category: 'PAGE_HEADER_LOGO', ColorMode: 'DYNAMIC', Extension: 'SVG', Bytes: Buffer.from(mark) },
        ],
      }),
    );
    await open(page, '/login', 'en');
    const button = page.locator('button[type=submit]');
    assert.equal(await button.evaluate((one) => getComputedStyle(one).backgroundColor), 'rgb(122, 31, 162)');
    assert.ok(await page.locator('main img').evaluate((one) => one.complete && one.naturalWidth > 0), 'the logo shows');
    await look(page, 'login-branded');
  }));
