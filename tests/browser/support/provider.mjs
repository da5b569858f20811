// A small identity provider on another site (127.0.0.1): one button signs "ann" in. It answers by redirect, or by a form posted across sites as
// Apple does.
import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const html = (response, body) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(`<!doctype html><html lang="en"><title>Provider</title>${body}</html>`);
};
const field = (name, value) => `<input type="hidden" name="${name}" value="${value}">`;

export async function startProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  const codes = new Map();
  const seen = [];
  let issuer;

  const idToken = ({ nonce, client }) => {
    const now = Math.floor(Date.now() / 1000);
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: issuer, aud: client, sub: 'ann', nonce, iat: now, exp: now + 300, email: 'ann@corp.example', email_verified: true };
    const signed = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url, issuer);
    const asked = Object.fromEntries(url.searchParams);
    const json = (value) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    seen.push(`${request.method} ${url.pathname}`);
    if (url.pathname === '/keys') return json({ keys: [jwk] });
    if (url.pathname === '/authorize') {
      const code = randomBytes(16).toString('hex');
      codes.set(code, { nonce: asked.nonce, client: asked.client_id });
      const method = asked.response_mode === 'form_post' ? 'post' : 'get';
      return html(response, `<form method="${method}" action="${asked.redirect_uri}">${field('code', code)}${field('state', asked.state)}<button>Yes, I am Ann</button></form>`);
    }
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const code = new URLSearchParams(body).get('code');
      const known = codes.get(code);
      codes.delete(code);
      json(known ? { id_token: idToken(known), access_token: 'at' } : { error: 'invalid_grant' });
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  issuer = `http://127.0.0.1:${server.address().port}`;
  const urls = { oidc_issuer: issuer, authorize_url: `${issuer}/authorize`, token_url: `${issuer}/token`, jwks_uri: `${issuer}/keys` };
  return { urls, seen, stop: () => server.close() };
}
