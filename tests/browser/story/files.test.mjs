// The files view: slow uploads and cancelling, dropping, sorting, finding, pages, the keyboard, and who sees what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '../support/look.mjs';
import { confirmedUser, signInOn } from '../support/people.mjs';
import { bytes, picture } from '../support/pictures.mjs';
import { stage } from '../support/stage.mjs';

const here = stage();

test('a slow upload shows its progress and can be cancelled without a trace', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'slow'));
    await throttle(page, 100_000); // slow enough to be looked at in peace
    await dashboard.upload(bytes('large.bin', 8_000_000));
    const bar = page.getByRole('progressbar', { name: /Uploading large.bin/ });
    await bar.waitFor();
    await page.waitForFunction(() => document.querySelector('[aria-label="Uploads"] progress')?.value > 0);
    await look(page, 'dashboard-uploading');
    await dashboard.button('Cancel the upload of large.bin').click();
    await page.getByText(/large\.bin .* cancelled/).waitFor();
    await throttle(page, -1);
    await dashboard.button('Refresh the list').click();
    await page.getByText('No files yet').waitFor();
  }));

test('files are dropped, sorted, found and paged', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'many'));
    await dashboard.drop(bytes('dropped.bin', 4000));
    await page.getByText(/dropped\.bin .* uploaded/).waitFor();
    await dashboard.upload(...Array.from({ length: 11 }, (_, at) => bytes(`file ${at + 1}.txt`, 10 + at, 'text/plain')));
    await page.getByText('(12)').waitFor();
    await page.getByText(/file 11\.txt .* uploaded/).waitFor();

    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    assert.match(await page.getByRole('row').nth(2).innerText(), /file 1\.txt/);
    await page.getByRole('button', { name: /next page/i }).click();
    await dashboard.row('file 11.txt').waitFor();
    await page.getByRole('searchbox').fill('dropped');
    await page.getByText('1 match').first().waitFor();
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('No file matches').waitFor();
    await look(page, 'dashboard-no-match');
  }));

test('everything can be done with the keyboard', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'keys'));
    await dashboard.upload(picture('by-keyboard.png'));
    await dashboard.row('by-keyboard.png').getByText('Complete').waitFor();
    await dashboard.button('Details of by-keyboard.png').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'Preview of by-keyboard.png' }).waitFor();
    await tabTo(page, /^Delete by-keyboard/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.match(await focusedName(page), /^Delete by-keyboard/, 'focus comes back to where it was');
    await page.keyboard.press('Enter');
    await tabTo(page, /^Delete$/);
    await page.keyboard.press('Enter');
    await page.getByText('by-keyboard.png was deleted.').waitFor();
  }));

test('a user sees only their own files, an administrator sees all', async () => {
  const { demoUser, demoAdmin } = here.server.env;
  await here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'owner'));
    await dashboard.upload(bytes('private.bin', 100));
    await page.getByText(/private\.bin .* uploaded/).waitFor();
  });
  await here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, { email: demoUser.username, password: demoUser.password });
    await page.getByRole('searchbox').fill('private.bin');
    await page.getByText(/No file matches|No files yet/).first().waitFor();
  });
  await here.withPage(async ({ login, dashboard }) => {
    await signInOn({ dashboard, login }, { email: demoAdmin.username, password: demoAdmin.password });
    await dashboard.row('private.bin').waitFor();
  });
});

test('a picture is saved and not opened in place of the page', () =>
  here.withPage(async ({ login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'saver'));
    const file = picture('saved.png');
    await dashboard.upload(file);
    await dashboard.row('saved.png').getByText('Complete').waitFor();
    await dashboard.details('saved.png');
    assert.deepEqual(await dashboard.download('saved.png'), file.buffer);
    await dashboard.ready();
  }));

test('an uploaded web page is only ever downloaded', () =>
  here.withPage(async ({ page, login, dashboard }) => {
    await signInOn({ dashboard, login }, await confirmedUser(here.server, 'html'));
    const html = { name: 'trap.html', mimeType: 'text/html', buffer: Buffer.from('<script>alert(1)</script>') };
    await dashboard.upload(html);
    await dashboard.row('trap.html').getByText('Complete').waitFor();
    await dashboard.details('trap.html');
    await page.getByText('No preview for this type of file.').waitFor();
    assert.deepEqual(await dashboard.download('trap.html'), html.buffer);
    await dashboard.ready(); // the page is still here: nothing was opened in its place
  }));

async function throttle(page, uploadThroughput) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput,
  });
}

async function tabTo(page, name) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await focusedName(page))) return;
  }
  assert.fail(`Tab never reached ${name}`);
}

function focusedName(page) {
  return page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });
}
