import { NetworkError } from '../api/errors';

/** The user-pool API refused. `code` is AWS's name of the error, e.g. `CodeMismatchException`. */
export class CognitoError extends Error {
  override readonly name = 'CognitoError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export type CognitoCall = <T>(operation: string, input: Record<string, unknown>) => Promise<T>;

/** Speaks AWS's JSON 1.1 with the user-pool endpoint. Only for operations that take an access token, none is signed. */
export function createCognitoCall(endpoint: string, send: typeof fetch = (...args) => fetch(...args)): CognitoCall {
  return async <T>(operation: string, input: Record<string, unknown>): Promise<T> => {
    const response = await send(`${endpoint}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(input),
      cache: 'no-store',
    }).catch((cause: unknown) => {
      throw new NetworkError('The user pool did not answer.', { cause });
    });
    const body = await response.text();
    if (!response.ok) throw cognitoErrorFrom(response.status, body);
    return (body === '' ? {} : JSON.parse(body)) as T;
  };
}

/** `__type` may carry a namespace (`com.amazonaws…#Name`) or a URL behind the name. */
export function cognitoErrorFrom(status: number, body: string): CognitoError {
  try {
    const value = JSON.parse(body) as { __type?: string; message?: string; Message?: string };
    const code = (value.__type ?? '').replace(/^.*#/, '').replace(/:.*$/, '');
    return new CognitoError(
      code || `HTTP ${status}`,
      value.message ?? value.Message ?? `The user pool answered ${status}.`,
    );
  } catch {
    return new CognitoError(`HTTP ${status}`, `The user pool answered ${status}.`);
  }
}

/** What a person reads when a step of the security page fails. */
export function explainCognito(error: unknown): string {
  if (error instanceof NetworkError) return 'The user pool did not answer. Check that the server is running.';
  if (!(error instanceof CognitoError)) return error instanceof Error ? error.message : String(error);
  switch (error.code) {
    case 'CodeMismatchException':
    case 'EnableSoftwareTokenMFAException':
      return 'That code is not right. Check that your phone’s clock is correct and enter the newest code.';
    case 'ExpiredCodeException':
      return 'That code has been used already. Wait for the next one.';
    case 'SoftwareTokenMFANotFoundException':
      return 'This user pool does not offer authenticator apps.';
    case 'NotAuthorizedException':
      return 'Your session no longer allows this. Sign in again.';
    case 'LimitExceededException':
    case 'TooManyRequestsException':
      return 'Too many tries. Wait a while, then try again.';
    default:
      return error.message;
  }
}
