// aws-jwt-verify: takes the issuer from the pool id and cannot be told otherwise, so the server runs with AWS's form of the issuer. The keys come from
// the server's own JWKS through a fetcher, as they would from AWS.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { PASSWORD, start, unique } from './lab.js';

let lab, poolId, clientId, tokens;

before(async () => {
  lab = await start('--no-demo', '--aws-issuer');
  poolId = await lab.pool();
  clientId = (await lab.client(poolId)).ClientId;
  const name = await lab.user(poolId, unique());
  await lab.call('CreateGroup', { UserPoolId: poolId, GroupName: 'admins' });
  await lab.call('AdminAddUserToGroup', { UserPoolId: poolId, Username: name, GroupName: 'admins' });
  const given = await lab.call('InitiateAuth', { ClientId: clientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: name, PASSWORD } });
  tokens = given.AuthenticationResult;
});
after(() => lab?.stop());

// Fetches what the verifier asks AWS for from the server here.
const asked = [];
const fetcher = {
  async fetch(uri) {
    asked.push(uri);
    const aws = new URL(uri);
    assert.equal(aws.host, 'cognito-idp.us-east-1.amazonaws.com');
    return (await fetch(lab.base + aws.pathname)).arrayBuffer();
  },
};
const verifier = (more) => CognitoJwtVerifier.create({ userPoolId: poolId, clientId, ...more }, { jwksCache: new SimpleJwksCache({ fetcher }) });

test('an ID token is accepted', async () => {
  const claims = await verifier({ tokenUse: 'id' }).verify(tokens.IdToken);
  assert.equal(claims.aud, clientId);
  assert.equal(claims.iss, `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`);
  assert.deepEqual(asked, [`${claims.iss}/.well-known/jwks.json`]);
});

test('an access token is accepted, with its group and scope', async () => {
  const claims = await verifier({ tokenUse: 'access', groups: 'admins', scope: 'aws.cognito.signin.user.admin' }).verify(tokens.AccessToken);
  assert.equal(claims.client_id, clientId);
});

test('each token is refused where the other is wanted, and for another client, group or scope', async () => {
  await assert.rejects(verifier({ tokenUse: 'access' }).verify(tokens.IdToken), /Token use not allowed/);
  await assert.rejects(verifier({ tokenUse: 'id' }).verify(tokens.AccessToken), /Token use not allowed/);
  await assert.rejects(verifier({ tokenUse: 'id', clientId: 'other' }).verify(tokens.IdToken), /audience.* not allowed/);
  await assert.rejects(verifier({ tokenUse: 'access', groups: 'none' }).verify(tokens.AccessToken), /group/);
  await assert.rejects(verifier({ tokenUse: 'access', scope: 'none' }).verify(tokens.AccessToken), /Scope not allowed/);
});

test('a changed token is refused', async () => {
  const [head, , signature] = tokens.AccessToken.split('.');
  const claims = JSON.parse(Buffer.from(tokens.AccessToken.split('.')[1], 'base64url'));
  const forged = [head, Buffer.from(JSON.stringify({ ...claims, username: 'admin' })).toString('base64url'), signature].join('.');
  await assert.rejects(verifier({ tokenUse: 'access' }).verify(forged), /Invalid signature/);
});

test('keys loaded ahead need no fetch', async () => {
  const ahead = CognitoJwtVerifier.create({ userPoolId: poolId, clientId, tokenUse: 'id' });
  ahead.cacheJwks(await (await fetch(`${lab.base}/${poolId}/.well-known/jwks.json`)).json());
  assert.equal(ahead.verifySync(tokens.IdToken).token_use, 'id');
});

test('the generic verifier takes the issuer as it stands in the token', async () => {
  const generic = JwtVerifier.create({ issuer: `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`, audience: clientId }, { jwksCache: new SimpleJwksCache({ fetcher }) });
  assert.ok((await generic.verify(tokens.IdToken)).sub);
});
