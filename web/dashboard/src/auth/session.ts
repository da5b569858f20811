import { ErrorResponse, ErrorTimeout, type User, type UserManager } from 'oidc-client-ts';
import { shareWhileRunning } from '../api/client';
import { NetworkError } from '../api/errors';

const ENDED = 'cognate.session-ended';

/** The tokens as they are now, for code outside React, and their renewal. */
export class Session {
  private user: User | null = null;

  constructor(private readonly manager: UserManager) {
    manager.events.addUserLoaded((user) => {
      this.user = user;
      sessionStorage.removeItem(ENDED);
    });
    manager.events.addUserUnloaded(() => {
      this.user = null;
    });
  }

  /** Reads what an earlier visit of this tab left. */
  async restore(): Promise<void> {
    this.user = await this.manager.getUser();
    await this.manager.clearStaleState();
  }

  readonly accessToken = (): string | undefined => this.user?.access_token;

  /**
   * Renews by the refresh token and answers the new access token. When the user pool refuses, the session is over:
   * the user is forgotten, which brings back the start page. Throws `NetworkError` when nobody answered.
   */
  readonly renew = shareWhileRunning(async (): Promise<string | undefined> => {
    if (!this.user?.refresh_token) return this.end();
    try {
      const user = await this.manager.signinSilent();
      return user?.access_token;
    } catch (error) {
      if (isFinal(error)) return this.end();
      // `fetch` reports a dead line as a TypeError.
      if (!(error instanceof TypeError || error instanceof ErrorTimeout)) throw error;
      throw new NetworkError('The user pool did not answer.', { cause: error });
    }
  });

  private async end(): Promise<undefined> {
    sessionStorage.setItem(ENDED, 'yes');
    await this.manager.removeUser();
    return undefined;
  }
}

/** The user pool said no, and not merely that it is unwell just now. */
function isFinal(error: unknown): boolean {
  return error instanceof ErrorResponse && !PASSING.has(error.error ?? '');
}

const PASSING = new Set(['server_error', 'temporarily_unavailable', 'slow_down']);

/** True when the session was ended by the user pool and not by the user. */
export function sessionWasEnded(): boolean {
  return sessionStorage.getItem(ENDED) !== null;
}

/** Gives the refresh token back, forgets the tokens and leaves for the sign-out page of the managed login. */
export async function signOut(manager: UserManager, leaveTo: string): Promise<void> {
  manager.stopSilentRenew();
  sessionStorage.removeItem(ENDED);
  // A server that is down must not keep anybody signed in on this machine.
  const patience = new Promise((resolve) => setTimeout(resolve, 2000));
  await Promise.race([manager.revokeTokens(['refresh_token']).catch(() => undefined), patience]);
  await manager.removeUser();
  window.location.assign(leaveTo);
}
