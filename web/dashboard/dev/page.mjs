// The page's own origin: `dist/`, `/config.json`, and the document itself for every address without a file.
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export async function answerPage({ base, basePort }, request, response) {
  const { pathname } = new URL(request.url, 'http://x');
  const objects = `http://objects.localhost:${basePort}`;
  const login = `http://dashboard.auth.localhost:${basePort}`;
  const api = `http://mockapi.execute-api.localhost:${basePort}`;
  if (pathname === '/config.json') {
    const config = {
      region: 'us-east-1',
      userPoolId: 'us-east-1_AbCdEf123',
      clientId: 'mockclient',
      authority: `${base}/us-east-1_AbCdEf123`,
      loginDomain: login,
      apiUrl: api,
      cognitoEndpoint: base,
      demo: true,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(config));
    return;
  }
  response.setHeader(
    'content-security-policy',
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: ${objects}; font-src 'self'; ` +
      `connect-src 'self' ${base} ${api} ${objects}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
  );
  const file = extname(pathname) ? normalize(pathname).replace(/^[/\\]+/, '') : 'index.html';
  try {
    const body = await readFile(join(DIST, file));
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
