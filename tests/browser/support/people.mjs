// Ready-made people, so that a story can begin where it gets interesting.
import { ConfirmSignUpCommand, SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';
import { newAddress, PASSWORD } from './login-pages.mjs';
import { awsClient } from './pool.mjs';

/** A confirmed user of the demo pool, made over the API. */
export async function confirmedUser(server, who) {
  const email = newAddress(who);
  const aws = awsClient(server);
  const ClientId = server.env.clientId;
  await aws.send(
    new SignUpCommand({
      ClientId,
      Username: email,
      Password: PASSWORD,
      UserAttributes: [{ Name: 'email', Value: email }],
    }),
  );
  const { code } = await server.mail(email);
  await aws.send(new ConfirmSignUpCommand({ ClientId, Username: email, ConfirmationCode: code }));
  return { email, password: PASSWORD };
}

/** Signs somebody in on the dashboard and waits for the files. */
export async function signInOn({ dashboard, login }, { email, password }) {
  await dashboard.open();
  await dashboard.toSignIn();
  await login.signIn(email, password);
  await dashboard.ready();
}
