// `cognate dev --tls`: Node.js trusts the server by the variable that `cognate env` names, and not without it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { start } from './lab.js';

const LIST = `
  import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
  const settings = { endpoint: process.argv[1], region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };
  const { UserPools } = await new CognitoIdentityProviderClient(settings).send(new ListUserPoolsCommand({ MaxResults: 5 }));
  console.log(UserPools.map((pool) => pool.Name).join());
`;

let lab;

before(async () => {
  lab = await start('--tls');
});
after(() => lab?.stop());

function list(trusted) {
  const env = { PATH: process.env.PATH, ...trusted };
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', LIST, lab.base], { env, cwd: import.meta.dirname });
}

test('the SDK speaks https to the lab once it is told of the authority', async () => {
  assert.match(lab.base, /^https:/);
  assert.equal((await list({ NODE_EXTRA_CA_CERTS: lab.values.caFile })).stdout.trim(), 'dashboard');
  await assert.rejects(list({}), /certificate/);
});
