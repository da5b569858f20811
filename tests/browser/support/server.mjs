// Starts the built `cognate dev` on free ports over a fresh data folder, reads its values, moves its clock, stops it.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BINARY = resolve(
  process.env.COGNATE_BIN ?? fileURLToPath(new URL('../../../target/debug/cognate', import.meta.url)),
);
const READY_WITHIN_MS = 60_000;
const run = promisify(execFile);

/**
 * A running server. `env` holds what `cognate env --json` prints; `now()` is the server's time in milliseconds;
 * `advance(seconds)` moves its clock; `mail(to)` waits for the newest message to an address. With `tls` it speaks https.
 */
export async function startServer({ tls = false } = {}) {
  const scheme = tls ? 'https' : 'http';
  // The authority is made with the data folder, and Node reads NODE_EXTRA_CA_CERTS at its own start only. Each story file is a process of its own.
  if (tls) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  const data = await mkdtemp(join(tmpdir(), 'cognate-browser-'));
  const [port, dashboardPort] = await Promise.all([freePort(), freePort()]);
  const args = ['dev', '--data', data, '--test-clock', '--port', `${port}`, '--dashboard-port', `${dashboardPort}`, ...(tls ? ['--tls'] : [])];
  const child = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  const ended = new Promise((done) => child.once('exit', done));
  child.once('error', (error) => (log += error.message));

  const base = `${scheme}://localhost:${port}`;
  try {
    await untilReady(`${scheme}://localhost:${dashboardPort}/config.json`, child);
    const { stdout } = await run(BINARY, ['env', '--json', '--data', data]);
    return server(JSON.parse(stdout), base, { child, ended, data, log: () => log });
  } catch (error) {
    child.kill('SIGKILL');
    await rm(data, { recursive: true, force: true });
    throw new Error(`cognate did not start: ${error.message}\n${log}`);
  }
}

function server(env, base, { child, ended, data, log }) {
  let ahead = 0;
  return {
    env,
    base,
    log,
    now: () => Date.now() + ahead,
    async advance(seconds) {
      const response = await fetch(`${base}/_cognate/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advanceSeconds: seconds }),
      });
      if (!response.ok) throw new Error(`the clock did not move: ${response.status} ${await response.text()}`);
      ahead += seconds * 1000;
    },
    mail: (to, after) => newestMail(base, to, after),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The newest message to an address that is not one of `seen` (ids). */
async function newestMail(base, to, seen = new Set()) {
  const until = Date.now() + 10_000;
  while (Date.now() < until) {
    const response = await fetch(`${base}/mailbox?format=json&to=${encodeURIComponent(to)}`);
    const { messages } = await response.json();
    const fresh = messages.find(({ id }) => !seen.has(id));
    if (fresh) {
      seen.add(fresh.id);
      return { ...fresh, code: fresh.code ?? /\b\d{6}\b/.exec(fresh.body)?.[0] };
    }
    await pause(100);
  }
  throw new Error(`no mail for ${to}`);
}

async function untilReady(url, child) {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await pause(100);
  }
  throw new Error(`${url} did not answer within ${READY_WITHIN_MS} ms`);
}

export function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
