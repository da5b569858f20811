// The AWS side of the stand-in: discovery, sign-in, tokens, files API, objects, Cognito operations. State in memory.
import { createHash, randomUUID } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export const scene = { fail: '', slow: 0, empty: false, expire: false, totp: false };
const files = new Map();
const objects = new Map();
let issued = 0;
const signedInAt = Math.floor(Date.now() / 1000) - 95;

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization, content-type, x-amz-target',
  'access-control-allow-methods': '*',
  'access-control-expose-headers': 'www-authenticate, apigw-requestid',
};

export async function answerBase(site, request, response) {
  const url = new URL(request.url, site.base);
  const host = (request.headers.host ?? '').split(':')[0];
  for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();
  const body = await read(request);
  if (url.pathname === '/_mock') return setScene(response, body);
  if (scene.slow) await new Promise((done) => setTimeout(done, scene.slow));
  if (host.startsWith('objects.')) return answerObject(url, request, response, body);
  if (host.includes('.execute-api.')) return answerApi(site, url, request, response, body);
  if (request.headers['x-amz-target']) return answerCognito(request, response, JSON.parse(body));
  return answerIdentity(site, url, response, body);
}

function setScene(response, body) {
  Object.assign(scene, JSON.parse(body || '{}'));
  if (scene.empty) files.clear();
  else if (files.size === 0) seed();
  json(response, 200, scene);
}

// ---- identity -------------------------------------------------------------------------------------------------

function answerIdentity({ base, basePort }, url, response, body) {
  const login = `http://dashboard.auth.localhost:${basePort}`;
  if (url.pathname.endsWith('/.well-known/openid-configuration')) {
    return json(response, 200, {
      issuer: `${base}/us-east-1_AbCdEf123`,
      authorization_endpoint: `${login}/oauth2/authorize`,
      token_endpoint: `${base}/oauth2/token`,
      userinfo_endpoint: `${base}/oauth2/userInfo`,
      revocation_endpoint: `${base}/oauth2/revoke`,
      jwks_uri: `${base}/us-east-1_AbCdEf123/.well-known/jwks.json`,
      end_session_endpoint: `${login}/logout`,
    });
  }
  if (url.pathname === '/oauth2/authorize' || url.pathname === '/signup') {
    const back = new URL(url.searchParams.get('redirect_uri'));
    if (scene.fail === 'login') back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', randomUUID());
    back.searchParams.set('state', url.searchParams.get('state'));
    return void response.writeHead(302, { location: back.href }).end();
  }
  if (url.pathname === '/logout')
    return void response.writeHead(302, { location: url.searchParams.get('logout_uri') }).end();
  if (url.pathname === '/oauth2/token') {
    if (scene.fail === 'token') return json(response, 400, { error: 'invalid_grant' });
    const refresh = new URLSearchParams(body).get('grant_type') === 'refresh_token';
    return json(response, 200, tokens(base, refresh));
  }
  return json(response, 200, {});
}

function tokens(base, refresh) {
  scene.expire = false;
  issued += 1;
  const now = Math.floor(Date.now() / 1000);
  const shared = {
    sub: '64f80428-b0b1-70c3-2d4a-9f0a4d1c7e11',
    'cognito:groups': ['admins'],
    iss: `${base}/us-east-1_AbCdEf123`,
    origin_jti: 'c1a2bf6e-5a3d-4f43-9a9f-1d2f6a7b8c90',
    event_id: '2f5a9a1c-6a0d-4a4e-8f57-6e1f2a3b4c5d',
    auth_time: signedInAt,
    iat: now,
    exp: now + 3600,
    jti: randomUUID(),
  };
  const id = {
    ...shared,
    aud: 'mockclient',
    token_use: 'id',
    email: 'ada@example.com',
    email_verified: true,
    'cognito:username': shared.sub,
  };
  const access = {
    ...shared,
    client_id: 'mockclient',
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin openid profile email',
    version: 2,
    username: shared.sub,
  };
  return {
    id_token: jws(id),
    access_token: jws(access),
    ...(!refresh && { refresh_token: 'eyJjdHkiOiJKV1QifQ.a.b.c.d' }),
    expires_in: 3600,
    token_type: 'Bearer',
  };
}

function jws(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ kid: 'q3v1m0hJ7cJxkq0x1r6m2Yb1vV0m8bVt7f2s9u4w5xY=', alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJlLSR${issued}`;
}

// ---- files API ------------------------------------------------------------------------------------------------

function answerApi({ basePort }, url, request, response, body) {
  response.setHeader('apigw-requestid', 'Lr3yRgQhoAMEJxA=');
  if (!request.headers.authorization || scene.expire) {
    response.setHeader('www-authenticate', 'Bearer');
    return json(response, 401, { message: 'Unauthorized' });
  }
  const key = url.searchParams.get('key');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /metadata/list':
      if (scene.fail === 'list') return json(response, 500, { message: 'Internal Server Error' });
      return json(response, 200, { items: [...files.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)) });
    case 'GET /metadata': {
      const metadata = files.get(key);
      if (!metadata) return json(response, 404, { message: 'Not Found' });
      const complete = metadata.status === 'complete';
      return json(response, 200, {
        metadata,
        ...(complete && { downloadUrl: `http://objects.localhost:${basePort}/${encodeURIComponent(key)}` }),
      });
    }
    case 'DELETE /metadata':
      if (scene.fail === 'delete') return json(response, 500, { message: 'Internal Server Error' });
      files.delete(key);
      return void response.writeHead(204).end();
    case 'POST /upload-url':
      if (scene.fail === 'upload')
        return json(response, 400, { message: 'The file is too large.', field: 'size', rule: 'at most 100 MB' });
      return json(response, 200, ticket(basePort, JSON.parse(body)));
    default:
      return json(response, 404, { message: 'Not Found' });
  }
}

function ticket(basePort, { fileName, contentType, size }) {
  const key = `64f80428/${randomUUID()}`;
  const metadata = record(key, fileName, contentType, size, new Date(), 'pending');
  files.set(key, metadata);
  return {
    key,
    url: `http://objects.localhost:${basePort}/${encodeURIComponent(key)}`,
    method: 'PUT',
    headers: { 'content-type': contentType },
    expiresAt: new Date(Date.now() + 9e5).toISOString(),
    metadata,
  };
}

function answerObject(url, request, response, body) {
  const key = decodeURIComponent(url.pathname.slice(1));
  if (request.method === 'PUT') {
    if (scene.fail === 'put') return json(response, 403, { message: 'The signature has expired.' });
    objects.set(key, body);
    const file = files.get(key);
    if (file)
      files.set(key, { ...file, status: 'complete', completedAt: new Date().toISOString(), checksumSha256: sum(body) });
    return void response.writeHead(200).end();
  }
  const file = files.get(key);
  const type = file?.contentType ?? 'application/octet-stream';
  const disposition = /^image\/(png|jpeg|gif|webp|avif)$/.test(type) ? 'inline' : 'attachment';
  response
    .writeHead(200, {
      'content-type': type,
      'content-disposition': `${disposition}; filename="${encodeURIComponent(file?.fileName ?? 'file')}"`,
    })
    .end(objects.get(key) ?? picture());
}

// ---- Cognito --------------------------------------------------------------------------------------------------

function answerCognito(request, response, input) {
  const operation = request.headers['x-amz-target'].split('.').pop();
  if (scene.fail === 'cognito')
    return json(response, 500, { __type: 'InternalErrorException', message: 'Something is broken.' });
  switch (operation) {
    case 'GetUser':
      return json(response, 200, {
        Username: '64f80428-b0b1-70c3-2d4a-9f0a4d1c7e11',
        UserAttributes: [
          { Name: 'email', Value: 'ada@example.com' },
          { Name: 'email_verified', Value: 'true' },
        ],
        ...(scene.totp && { UserMFASettingList: ['SOFTWARE_TOKEN_MFA'], PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA' }),
      });
    case 'AssociateSoftwareToken':
      return json(response, 200, { SecretCode: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSW' });
    case 'VerifySoftwareToken':
      if (input.UserCode === '000000')
        return json(response, 400, { __type: 'EnableSoftwareTokenMFAException', message: 'Code mismatch' });
      return json(response, 200, { Status: 'SUCCESS' });
    case 'SetUserMFAPreference':
      scene.totp = input.SoftwareTokenMfaSettings.Enabled;
      return json(response, 200, {});
    default:
      return json(response, 400, { __type: 'UnknownOperationException' });
  }
}

// ---- data -----------------------------------------------------------------------------------------------------

function record(key, fileName, contentType, size, at, status = 'complete') {
  return {
    key,
    fileName,
    contentType,
    size,
    uploader: '64f80428-b0b1-70c3-2d4a-9f0a4d1c7e11',
    uploaderName: 'ada@example.com',
    status,
    createdAt: at.toISOString(),
    ...(status === 'complete' && { completedAt: at.toISOString(), checksumSha256: sum(fileName) }),
  };
}

function seed() {
  const names = [
    ['Roof survey, north side.png', 'image/png', 2_481_233],
    ['Quarterly report 2026 Q3.pdf', 'application/pdf', 812_004],
    ['inventory.csv', 'text/csv', 48_211],
    ['Lecture 12 - tokens and trust.mp4', 'video/mp4', 381_002_911],
    ['notes.txt', 'text/plain', 911],
    [
      'Ångström measurements (final) (really final) with a very long name that has to wrap somewhere.xlsx',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      90_112,
    ],
    ['logo.svg', 'image/svg+xml', 3_113],
    ['backup-2026-11-01.tar.zst', 'application/zstd', 1_288_490_188],
    ['IMG_0031.jpeg', 'image/jpeg', 4_718_592],
    ['IMG_0032.jpeg', 'image/jpeg', 4_200_001],
    ['contract-draft.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 65_536],
    ['site-plan.webp', 'image/webp', 700_000],
    ['empty.bin', 'application/octet-stream', 0],
  ];
  names.forEach(([name, type, size], index) => {
    const at = new Date(Date.now() - index * 7_000_000 - 600_000);
    const key = `64f80428/${String(index).padStart(4, '0')}-9f2c-4d1e`;
    files.set(key, record(key, name, type, size, at, index === 7 ? 'pending' : 'complete'));
  });
}

/** A small PNG: a soft gradient, so that a preview has something to show. */
function picture(width = 480, height = 320) {
  const raw = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      raw[at] = 20 + (x * 160) / width;
      raw[at + 1] = 90 + (y * 110) / height;
      raw[at + 2] = 210 - (x * 60) / width;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, check]);
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

function sum(data) {
  return createHash('sha256').update(data).digest('base64');
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const all = Buffer.concat(parts);
  return request.method === 'PUT' ? all : all.toString();
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

seed();
