// The stage of a story file: one server and one browser for all its tests, taken down afterwards.
import { after, before } from 'node:test';
import { closePage, openPage, startBrowser } from './browser.mjs';
import { Dashboard } from './dashboard.mjs';
import { LoginPages } from './login-pages.mjs';
import { startServer } from './server.mjs';

/** `options` go to the server; `prepare` runs once the server answers; what it gives (and its `stop`) belongs to the stage. */
export function stage(prepare = async () => ({}), options = {}) {
  const here = {};

  before(async () => {
    [here.server, here.browser] = await Promise.all([startServer(options), startBrowser()]);
    here.props = await prepare(here.server);
  });

  after(async () => {
    here.props?.stop?.();
    await here.browser?.close();
    await here.server?.stop();
  });

  /** Runs a story in a browser profile of its own; a story that fails leaves a picture of where it stood. */
  here.withPage = async (story, options) => {
    const page = await openPage(here.browser, options);
    try {
      await story({
        page,
        login: new LoginPages(page),
        dashboard: new Dashboard(page, here.server.env.dashboardUrl),
      });
    } catch (error) {
      error.message += `\nat ${page.url()}\n${await visibleText(page)}\n${page.problems.join('\n')}`;
      await page.context().close();
      throw error;
    }
    await closePage(page);
  };

  return here;
}

async function visibleText(page) {
  return (await page.locator('body').innerText().catch(() => '')).slice(0, 1500);
}
