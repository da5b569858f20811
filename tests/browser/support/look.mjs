// Looks at one state of a page the way people do: phone and desktop, light and dark. A picture of each goes to
// tests/.work/screens; axe-core must find nothing in any of them.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCREENS = fileURLToPath(new URL('../../.work/screens/', import.meta.url));
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function look(page, name) {
  await mkdir(SCREENS, { recursive: true });
  const found = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(250); // colours fade; a picture in between would fail for its contrast
      await page.screenshot({ path: join(SCREENS, `${name}.${size}-${colorScheme}.png`) });
      found.push(...(await violations(page)).map((what) => `${size}-${colorScheme}: ${what}`));
      assert.ok(await fitsTheWidth(page), `${name} scrolls sideways on ${size}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(SIZES.desktop);
  assert.deepEqual(found, [], `axe-core found violations on ${name}`);
}

async function violations(page) {
  // Sent over the debugger, so that the page's content security policy does not apply to it.
  await page.evaluate(await axeSource);
  const result = await page.evaluate((tags) => globalThis.axe.run({ runOnly: { type: 'tag', values: tags } }), RULES);
  return result.violations.map(
    ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
}

function fitsTheWidth(page) {
  return page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
}
