// Walks the page against the stand-in, takes a picture of every state (light/dark, desktop/phone) and runs axe on it.
// `node dev/look.mjs [folder]`; needs `dev/serve.mjs` on the ports in BASE and PAGE and a Chromium.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const OUT = process.argv[2] ?? '/tmp/dashboard-look';
const BASE = process.env.BASE ?? 'http://localhost:4566';
const PAGE = process.env.PAGE ?? 'http://localhost:4567';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SCREENS = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
let bad = 0;

mkdirSync(OUT, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
for (const [screen, options] of Object.entries(SCREENS)) {
  for (const colorScheme of ['light', 'dark']) await walk(`${screen}-${colorScheme}`, { ...options, colorScheme });
}
await browser.close();
console.log(bad === 0 ? 'no problems' : `${bad} problems`);
process.exitCode = bad === 0 ? 0 : 1;

async function walk(name, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (400|401|403|500)/.test(message.text()))
      report(name, `console: ${message.text()}`);
  });
  page.on('pageerror', (error) => report(name, `page error: ${error.message}`));
  const shot = async (state, full = false) => {
    await page.waitForTimeout(350);
    await page.screenshot({ path: `${OUT}/${state}.${name}.png`, fullPage: full });
    await axe(page, `${state}.${name}`);
  };

  try {
    await visit(page, context, shot);
  } catch (error) {
    await page.screenshot({ path: `${OUT}/FAILED.${name}.png` });
    report(name, error.message);
  }
  await context.close();
}

async function visit(page, context, shot) {
  await set({ fail: '', slow: 0, empty: false, expire: false, totp: false });
  await page.goto(PAGE);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await shot('start');
  await set({ fail: 'login' });
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('did not succeed').waitFor();
  await shot('start-refused');

  await set({ fail: '', slow: 1500 });
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByText('Loading files').first().waitFor({ timeout: 15000 });
  await set({ slow: 0 });
  await shot('files-loading');
  await page.getByText('Roof survey').waitFor();
  await shot('files');

  await page.getByRole('button', { name: 'Details of Roof survey' }).click();
  await page.getByRole('img', { name: /Preview of/ }).waitFor();
  await shot('details');
  await page.getByRole('button', { name: /^Delete Roof/ }).click();
  await page.getByRole('dialog').waitFor();
  await shot('delete');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: /close panel/i }).click();

  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('No file matches').waitFor();
  await shot('files-no-match');
  await page.getByRole('button', { name: 'Clear the filter' }).click();

  await uploads(page, context, shot);

  await set({ empty: true });
  await page.getByRole('button', { name: 'Refresh the list' }).click();
  await page.getByText('No files yet').waitFor();
  await shot('files-empty');
  await set({ empty: false, fail: 'list' });
  await page.reload();
  await page.getByText('The server has a problem').waitFor();
  await shot('files-error');
  await set({ fail: '' });

  await page.goto(`${PAGE}/#/session`);
  await page.getByRole('button', { name: 'Call without a token' }).click();
  await page.getByText('Unauthorized: refused').waitFor();
  await set({ expire: true });
  await page.getByRole('button', { name: 'Call with the token' }).click();
  await page.getByText('200 OK').waitFor();
  await page.getByRole('button', { name: 'Call without a token' }).click();
  await page.getByText('Unauthorized: refused').waitFor();
  await shot('session', true);

  await page.goto(`${PAGE}/#/security`);
  await page.getByRole('button', { name: 'Set up' }).waitFor();
  await shot('security');
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByLabel('Enter the code').fill('000000');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByText('That code is not right').waitFor();
  await shot('security-enrol', true);
  await page.getByLabel('Enter the code').fill('123 456');
  await page.keyboard.press('Enter');
  await page.getByText('On: each sign-in').waitFor();
  await shot('security-on');
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').waitFor();
  await shot('security-remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Set up' }).waitFor();
  await set({ fail: 'cognito' });
  await page.reload();
  await page.getByText('could not be read').waitFor();
  await shot('security-error');

  await set({ fail: 'token', expire: true });
  await page.goto(`${PAGE}/#/files`);
  await page.getByText('Your session has ended').waitFor();
  await shot('session-ended');
}

async function uploads(page, context, shot) {
  const choose = page.locator('input[type=file]');
  await set({ fail: 'upload' });
  await choose.setInputFiles({
    name: 'too-large.iso',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(4096),
  });
  await page.getByText('too-large.iso (4 KB) failed').waitFor();
  await set({ fail: '' });
  await choose.setInputFiles({ name: 'small.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await page.getByText('small.txt (5 bytes) uploaded').waitFor();
  const devtools = await context.newCDPSession(page);
  const network = { offline: false, latency: 0, downloadThroughput: -1 };
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { ...network, uploadThroughput: 400_000 });
  await choose.setInputFiles([
    { name: 'holiday.png', mimeType: 'image/png', buffer: Buffer.alloc(2_000_000) },
    { name: 'cancel-me.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(3_000_000) },
  ]);
  await page.waitForTimeout(1500);
  await shot('uploading');
  await page.getByRole('button', { name: 'Cancel the upload of cancel-me.bin' }).click();
  await page.getByText('cancel-me.bin (2.9 MB) cancelled').waitFor();
  await devtools.send('Network.emulateNetworkConditions', { ...network, uploadThroughput: -1 });
  await page.getByText('holiday.png (1.9 MB) uploaded').waitFor({ timeout: 20000 });
  await shot('uploaded');
  await page.getByRole('button', { name: 'Clear finished uploads' }).click();
}

async function axe(page, state) {
  // `Runtime.evaluate` by the debugger is not bound by the page's content security policy.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const { id, impact, nodes } of violations) {
    report(
      state,
      `axe ${id} (${impact}): ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 200))
        .join(' | ')}`,
    );
  }
}

async function set(change) {
  await fetch(`${BASE}/_mock`, { method: 'POST', body: JSON.stringify(change) });
}

function report(where, what) {
  bad += 1;
  console.log(`${where}: ${what}`);
}
