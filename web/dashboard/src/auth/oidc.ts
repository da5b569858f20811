import { OidcClient, UserManager, type UserManagerSettings, WebStorageStateStore } from 'oidc-client-ts';
import type { Config } from '../config/config';

const SCOPES = 'openid email profile aws.cognito.signin.user.admin';

/**
 * Code flow with PKCE; tokens live in this tab only (sessionStorage) and are renewed with the refresh token.
 * There is no hidden frame: Cognito has none to offer and our CSP allows none.
 */
export function oidcSettings(config: Config, origin: string, storage: Storage): UserManagerSettings {
  const store = new WebStorageStateStore({ store: storage });
  return {
    authority: config.authority,
    client_id: config.clientId,
    redirect_uri: `${origin}/callback`,
    response_type: 'code',
    scope: SCOPES,
    userStore: store,
    stateStore: store,
    automaticSilentRenew: true,
    loadUserInfo: false,
    monitorSession: false,
    // The session page shows them all, `auth_time` included.
    filterProtocolClaims: false,
    revokeTokenTypes: ['refresh_token'],
  };
}

export function createUserManager(config: Config): UserManager {
  return new UserManager(oidcSettings(config, window.location.origin, window.sessionStorage));
}

/** Goes to the sign-up page of the managed login; its answer comes back like that of a sign-in. */
export async function goToSignUp(manager: UserManager): Promise<void> {
  const request = await new OidcClient(manager.settings).createSigninRequest({ request_type: 'si:r' });
  const url = new URL(request.url);
  url.pathname = url.pathname.replace(/\/oauth2\/authorize$/, '/signup');
  window.location.assign(url);
}

/** Cognito's own sign-out address: it ends the login cookie, then comes back to this page. */
export function logoutUrl(config: Config, origin: string): string {
  const query = new URLSearchParams({ client_id: config.clientId, logout_uri: `${origin}/` });
  return `${config.loginDomain}/logout?${query}`;
}
