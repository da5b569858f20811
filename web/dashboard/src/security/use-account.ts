import { useCallback, useEffect, useState } from 'react';
import { useServices } from '../app/services';
import { type CognitoCall, CognitoError } from '../cognito/client';
import { type Account, loadAccount } from '../cognito/totp';

/** Runs an operation with the access token; when the pool says it has expired, renews once and tries once more. */
export function useWithToken() {
  const { cognito, session } = useServices();
  return useCallback(
    async <T>(act: (call: CognitoCall, accessToken: string) => Promise<T>): Promise<T> => {
      const token = session.accessToken() ?? '';
      try {
        return await act(cognito, token);
      } catch (error) {
        if (!(error instanceof CognitoError && error.code === 'NotAuthorizedException')) throw error;
        const renewed = await session.renew();
        if (!renewed) throw error;
        return act(cognito, renewed);
      }
    },
    [cognito, session],
  );
}

/** The user as the pool knows them. */
export function useAccount() {
  const withToken = useWithToken();
  const [state, setState] = useState<{ readonly account?: Account; readonly error?: unknown }>({});

  const reload = useCallback(async () => {
    try {
      const account = await withToken(loadAccount);
      setState({ account });
    } catch (error) {
      setState({ error });
    }
  }, [withToken]);

  useEffect(() => {
    void reload();
  }, [reload]);

  return { ...state, reload };
}
