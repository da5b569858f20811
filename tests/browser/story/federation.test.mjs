// A provider on another site, in a real browser: what the login page's policy, the cookies' SameSite and a post across sites allow.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { CreateIdentityProviderCommand, UpdateUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider';
import { look } from '../support/look.mjs';
import { authorization, awsClient, createStrictPool, redeem, startCallback } from '../support/pool.mjs';
import { startProvider } from '../support/provider.mjs';
import { stage } from '../support/stage.mjs';

const here = stage(async (server) => {
  const [app, provider] = [await startCallback(), await startProvider()];
  const pool = await createStrictPool(server, app.url, 'federated');
  const aws = awsClient(server);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const AttributeMapping = { email: 'email', email_verified: 'email_verified' };
  const create = (ProviderName, ProviderType, ProviderDetails) =>
    aws.send(new CreateIdentityProviderCommand({ UserPoolId: pool.userPoolId, ProviderName, ProviderType, AttributeMapping, ProviderDetails }));
  await create('Corp', 'OIDC', { ...provider.urls, client_id: 'c', client_secret: 's', authorize_scopes: 'openid email', attributes_request_method: 'GET' });
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await create('SignInWithApple', 'SignInWithApple', { ...provider.urls, client_id: 'c', team_id: 'T', key_id: 'K', private_key, authorize_scopes: 'email name' });
  await aws.send(
    new UpdateUserPoolClientCommand({
      UserPoolId: pool.userPoolId,
      ClientId: pool.clientId,
      ClientName: 'app',
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      CallbackURLs: [app.url],
      SupportedIdentityProviders: ['COGNITO', 'Corp', 'SignInWithApple'],
    }),
  );
  return { app, pool, provider, stop: () => [app.stop(), provider.stop()] };
});

for (const [name, username] of [['Corp', 'Corp_ann'], ['Apple', 'SignInWithApple_ann']]) {
  test(`"Continue with ${name}" leads to the provider and back to the app, signed in`, () =>
    here.withPage(async ({ page }) => {
      const { app, pool } = here.props;
      const request = authorization(pool, app.url);
      await page.goto(request.url);
      if (name === 'Corp') await look(page, 'login-providers');
      await page.getByRole('link', { name: `Continue with ${name}` }).click();
      await page.getByRole('button', { name: 'Yes, I am Ann' }).click();
      await page.waitForURL(`${app.url}?**`);
      const { claims } = await redeem(here.server.base, request, page.url());
      assert.equal(claims['cognito:username'], username);
      assert.equal(claims.email, 'ann@corp.example');

      const again = authorization(pool, app.url);
      await page.goto(again.url);
      await page.waitForURL(`${app.url}?**`);
      await redeem(here.server.base, again, page.url());
    }));
}

test("somebody else's way back signs nobody in", async () => {
  const { app, pool, provider } = here.props;
  let back;
  await here.withPage(async ({ page }) => {
    await page.goto(`${authorization(pool, app.url).url}&identity_provider=Corp`);
    const [code, state] = await Promise.all(['code', 'state'].map((name) => page.locator(`input[name=${name}]`).inputValue()));
    back = `${pool.loginDomain}/oauth2/idpresponse?${new URLSearchParams({ code, state })}`;
  });
  await here.withPage(async ({ page }) => {
    const before = provider.seen.filter((line) => line === 'POST /token').length;
    page.problems?.splice(0);
    const answer = await page.goto(back);
    assert.equal(answer.status(), 400);
    await page.getByText('was begun in another browser').waitFor();
    assert.equal(provider.seen.filter((line) => line === 'POST /token').length, before);
    await page.goto(authorization(pool, app.url).url);
    await page.getByRole('link', { name: 'Continue with Corp' }).waitFor();
    page.problems?.splice(0);
  });
});
