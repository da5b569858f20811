// The AWS SDK for JavaScript v3: the operator's side (signed), the app's side (unsigned), its paginators and its typed errors.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  AdminCreateUserCommand, AdminGetUserCommand, CognitoIdentityProviderClient, CreateUserPoolClientCommand, CreateUserPoolCommand, DeleteUserPoolCommand,
  DescribeUserPoolCommand, GetUserCommand, InitiateAuthCommand, NotAuthorizedException, paginateListUsers, ResourceNotFoundException,
  AdminSetUserPasswordCommand, UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  ApiGatewayV2Client, CreateApiCommand, CreateIntegrationCommand, CreateRouteCommand, CreateStageCommand, DeleteApiCommand, GetApiCommand, GetRoutesCommand,
  NotFoundException,
} from '@aws-sdk/client-apigatewayv2';
import { PASSWORD, start, unique } from './lab.js';

let lab, cognito, apis;

before(async () => {
  lab = await start('--no-demo');
  const settings = { endpoint: lab.base, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  cognito = new CognitoIdentityProviderClient(settings);
  apis = new ApiGatewayV2Client(settings);
});
after(() => lab?.stop());

async function pool() {
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'v3', Policies: { PasswordPolicy: { MinimumLength: 10 } } }));
  return UserPool;
}

test('a pool is made, read back with its dates and numbers typed, and deleted', async () => {
  const made = await pool();
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: made.Id }));
  assert.ok(UserPool.CreationDate instanceof Date);
  assert.equal(UserPool.Policies.PasswordPolicy.MinimumLength, 10);
  await cognito.send(new DeleteUserPoolCommand({ UserPoolId: made.Id }));
  await assert.rejects(cognito.send(new DescribeUserPoolCommand({ UserPoolId: made.Id })), (error) => {
    assert.ok(error instanceof ResourceNotFoundException);
    assert.equal(error.message, `User pool ${made.Id} does not exist.`);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
});

test('the paginator sees every user once', async () => {
  const { Id } = await pool();
  const names = Array.from({ length: 7 }, () => unique());
  for (const Username of names) await cognito.send(new AdminCreateUserCommand({ UserPoolId: Id, Username, MessageAction: 'SUPPRESS' }));
  const seen = [];
  for await (const page of paginateListUsers({ client: cognito, pageSize: 3 }, { UserPoolId: Id })) seen.push(...page.Users.map((user) => user.Username));
  assert.deepEqual(seen.sort(), names.sort());
});

test('a user signs in with a password and reads their own attributes', async () => {
  const { Id } = await pool();
  const { UserPoolClient } = await cognito.send(new CreateUserPoolClientCommand({ UserPoolId: Id, ClientName: 'v3', ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] }));
  const Username = unique();
  await cognito.send(new AdminCreateUserCommand({ UserPoolId: Id, Username, MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'email', Value: 'v3@example.com' }] }));
  await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId: Id, Username, Password: PASSWORD, Permanent: true }));
  const signIn = (password) => cognito.send(new InitiateAuthCommand({ ClientId: UserPoolClient.ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: Username, PASSWORD: password } }));
  const { AuthenticationResult } = await signIn(PASSWORD);
  assert.equal(AuthenticationResult.ExpiresIn, 3600);
  const me = await cognito.send(new GetUserCommand({ AccessToken: AuthenticationResult.AccessToken }));
  assert.equal(me.Username, Username);
  await assert.rejects(signIn('wr0ng!Password'), (error) => error instanceof NotAuthorizedException);
  await assert.rejects(cognito.send(new AdminGetUserCommand({ UserPoolId: Id, Username: 'nobody' })), (error) => error instanceof UserNotFoundException);
});

test('an API is built, called through the gateway and deleted', async () => {
  const { ApiId } = await apis.send(new CreateApiCommand({ Name: 'v3', ProtocolType: 'HTTP', CorsConfiguration: { AllowOrigins: ['https://app.example.com'] } }));
  const { IntegrationId } = await apis.send(new CreateIntegrationCommand({ ApiId, IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', IntegrationUri: `${lab.base}/sts-is-no-backend`, PayloadFormatVersion: '1.0' }));
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /there', Target: `integrations/${IntegrationId}` }));
  await apis.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
  const { Items } = await apis.send(new GetRoutesCommand({ ApiId }));
  assert.deepEqual(Items.map((route) => route.RouteKey), ['GET /there']);
  const answer = await fetch(`${lab.base}/execute-api/${ApiId}/$default/not-there`);
  assert.deepEqual([answer.status, await answer.json()], [404, { message: 'Not Found' }]);
  await apis.send(new DeleteApiCommand({ ApiId }));
  await assert.rejects(apis.send(new GetApiCommand({ ApiId })), (error) => error instanceof NotFoundException && error.message === `Invalid API identifier specified 000000000000:${ApiId}`);
});
