// A `cognate dev` under test for the JavaScript clients: started on free ports, asked for its values, stopped by its process id.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createHmac } from 'node:crypto';

const BINARY = process.env.COGNATE_BIN ?? resolve(import.meta.dirname, '../../target/debug/cognate');
export const PASSWORD = 'Passw0rd!correct';

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

export async function start(...options) {
  const folder = mkdtempSync(join(tmpdir(), 'cg'));
  const data = join(folder, 'data');
  const [port, page] = [await freePort(), await freePort()];
  const child = spawn(BINARY, ['dev', '--data', data, '--port', port, '--dashboard-port', page, '--test-clock', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  await new Promise((done, fail) => {
    const more = (chunk) => {
      said += chunk;
      if (said.includes('Cognate is ready')) done();
    };
    child.stdout.on('data', more);
    child.stderr.on('data', more);
    child.on('exit', (code) => fail(new Error(`the server ended (${code}): ${said}`)));
  });
  const values = JSON.parse(execFileSync(BINARY, ['env', '--json', '--data', data]));
  return new Lab(child, folder, values);
}

class Lab {
  constructor(child, folder, values) {
    Object.assign(this, { child, folder, values, base: values.base });
  }

  async stop() {
    const gone = new Promise((done) => this.child.on('exit', done));
    this.child.kill('SIGTERM');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }

  // One cognito-idp operation; dev takes any signature, so a plain header will do.
  async call(operation, input) {
    const answer = await fetch(this.base, {
      method: 'POST',
      headers: {
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
        authorization: 'AWS4-HMAC-SHA256 Credential=ANY/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
      },
      body: JSON.stringify(input),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${operation}: ${body.__type}: ${body.message}`);
    return body;
  }

  async pool(settings = {}) {
    const { UserPool } = await this.call('CreateUserPool', { PoolName: 'node', AutoVerifiedAttributes: ['email'], ...settings });
    return UserPool.Id;
  }

  async client(pool, settings = {}) {
    const flows = ['ALLOW_USER_SRP_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];
    return (await this.call('CreateUserPoolClient', { UserPoolId: pool, ClientName: 'node', ExplicitAuthFlows: flows, ...settings })).UserPoolClient;
  }

  async user(pool, name, password = PASSWORD, permanent = true) {
    const UserAttributes = [{ Name: 'email', Value: name.includes('@') ? name : `${name}@example.com` }, { Name: 'email_verified', Value: 'true' }];
    const TemporaryPassword = permanent ? undefined : password;
    await this.call('AdminCreateUser', { UserPoolId: pool, Username: name, MessageAction: 'SUPPRESS', UserAttributes, TemporaryPassword });
    if (permanent) await this.call('AdminSetUserPassword', { UserPoolId: pool, Username: name, Password: password, Permanent: true });
    return name;
  }

  async code(to) {
    const { messages } = await (await fetch(`${this.base}/mailbox?format=json&to=${encodeURIComponent(to)}`)).json();
    return messages[0].code;
  }

  async advance(seconds) {
    await fetch(`${this.base}/_cognate/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds: seconds }) });
  }

  async now() {
    return (await (await fetch(`${this.base}/_cognate/clock`)).json()).now / 1000;
  }
}

let counter = 0;
export const unique = (word = 'user') => `${word}-${process.pid}-${++counter}`;

// RFC 6238 with SHA-1, 30 seconds, six digits.
export function totp(secret, seconds) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const mac = createHmac('sha1', key).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// A browser without scripts: follows redirects, keeps cookies per host, fills the first form. Names below `localhost` are this machine.
export class Browser {
  cookies = new Map();

  send(method, url, form) {
    const at = new URL(url);
    const body = form && new URLSearchParams(form).toString();
    const headers = { host: at.host, cookie: [...(this.cookies.get(at.hostname) ?? [])].map(([k, v]) => `${k}=${v}`).join('; ') };
    if (body) Object.assign(headers, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) });
    return new Promise((done, fail) => {
      const asked = request({ host: '127.0.0.1', port: at.port, path: at.pathname + at.search, method, headers }, async (answer) => {
        const jar = this.cookies.get(at.hostname) ?? this.cookies.set(at.hostname, new Map()).get(at.hostname);
        for (const cookie of answer.headers['set-cookie'] ?? []) {
          const [pair] = cookie.split(';');
          jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        let text = '';
        for await (const chunk of answer) text += chunk;
        done({ status: answer.statusCode, location: answer.headers.location, text });
      });
      asked.on('error', fail);
      asked.end(body);
    });
  }

  // Gives the URL that begins with `until`, unfetched, when the server sends the browser there.
  async follow(method, url, until, form) {
    for (let hops = 0; hops < 10; hops += 1) {
      const answer = await this.send(method, url, form);
      this.url = url;
      this.text = answer.text;
      if (!answer.location) return null;
      [url, method, form] = [new URL(answer.location, url).href, 'GET', undefined];
      if (until && url.startsWith(until)) return new URL(url);
    }
    throw new Error('too many redirects');
  }

  submit(until, fields) {
    const plain = (text) => text.replaceAll('&#38;', '&').replaceAll('&amp;', '&');
    const [, action, inner] = this.text.match(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/);
    const prefilled = {};
    for (const [tag] of inner.matchAll(/<input[^>]*>/g)) prefilled[tag.match(/\bname="([^"]*)"/)?.[1]] = plain(tag.match(/\bvalue="([^"]*)"/)?.[1] ?? '');
    return this.follow('POST', new URL(plain(action), this.url).href, until, { ...prefilled, ...fields });
  }
}
