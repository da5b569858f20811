// An app made with AWS Amplify, as its users make one: a page with the library bundled in, on a loopback port of its own.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// The library's own functions, for the stories to call in the page; the listener ends a redirect when the page loads.
const ENTRY = `
  import { Amplify } from 'aws-amplify';
  import * as auth from 'aws-amplify/auth';
  import { Hub } from 'aws-amplify/utils';
  import 'aws-amplify/auth/enable-oauth-listener';
  const heard = [];
  Hub.listen('auth', ({ payload }) => heard.push(payload.event));
  Amplify.configure(window.configuration);
  Object.assign(window, { auth, heard });
`;

/** Serves the app. `configuration` is what its page gives to `Amplify.configure`, set once the pool is there. */
export async function startAmplifyApp() {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const bundle = await build({ stdin: { contents: ENTRY, resolveDir: here }, bundle: true, minify: true, write: false, logLevel: 'error' });
  const app = { configuration: undefined };
  const server = createServer((request, response) => {
    const script = request.url === '/app.js';
    response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' });
    response.end(script ? bundle.outputFiles[0].contents : page(app.configuration));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  app.url = `http://localhost:${server.address().port}/`;
  app.stop = () => server.close();
  return app;
}

function page(configuration) {
  return `<!doctype html><html lang="en"><title>An Amplify app</title><link rel="icon" href="data:,"><h1>An Amplify app</h1>
    <script>window.configuration = ${JSON.stringify(configuration)}</script><script src="/app.js"></script></html>`;
}
