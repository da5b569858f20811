// A headless Chromium whose pages are watched: an error on the console or a broken content security policy fails a test.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const CANDIDATES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
// A refused call is part of several stories; the browser reports each as a console error of this form.
const REFUSED_CALL = /Failed to load resource: the server responded with a status of (400|401|403|404)/;

export async function startBrowser() {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path));
  assert.ok(executablePath, 'a Chromium is needed: set CHROMIUM to its path');
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A page in a profile of its own. `page.problems` collects what a person would not see but must not happen. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED_CALL.test(message.text())) page.problems.push(message.text());
  });
  return page;
}

/** Closes a page and fails when it collected problems. */
export async function closePage(page) {
  const { problems } = page;
  await page.context().close();
  assert.deepEqual(problems, [], 'the browser complained');
}
