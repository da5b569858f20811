/** The API (or the gateway before it) refused a call. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    readonly details: {
      readonly field?: string;
      readonly rule?: string;
      readonly requestId?: string;
      readonly wwwAuthenticate?: string;
    } = {},
  ) {
    super(message);
  }
}

/** No answer came at all: server down, network gone, or a refusal by CORS (a browser does not say which). */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** Builds the error for an answer that is not 2xx; a body that is not our JSON still gives a sentence. */
export function apiErrorFrom(status: number, headers: Headers, body: string): ApiError {
  const parsed = parseBody(body);
  return new ApiError(status, parsed.message ?? `The API answered ${status}.`, {
    field: parsed.field,
    rule: parsed.rule,
    requestId: headers.get('apigw-requestid') ?? undefined,
    wwwAuthenticate: headers.get('www-authenticate') ?? undefined,
  });
}

function parseBody(body: string): { message?: string; field?: string; rule?: string } {
  try {
    const value = JSON.parse(body) as Record<string, unknown>;
    const text = (name: string) => (typeof value?.[name] === 'string' ? (value[name] as string) : undefined);
    return { message: text('message'), field: text('field'), rule: text('rule') };
  } catch {
    return {};
  }
}

/** An error as a person should read it: what happened, and what can be done. */
export interface Explanation {
  readonly title: string;
  readonly text: string;
}

export function explain(error: unknown): Explanation {
  if (error instanceof NetworkError) {
    return { title: 'No connection', text: 'The server did not answer. Check that it is running, then try again.' };
  }
  if (error instanceof ApiError) return explainApiError(error);
  return { title: 'Something went wrong', text: error instanceof Error ? error.message : String(error) };
}

function explainApiError(error: ApiError): Explanation {
  const { field, rule, requestId } = error.details;
  const reference = requestId ? ` (request ${requestId})` : '';
  const whole = sentence(error.message + reference);
  switch (error.status) {
    case 400:
      return {
        title: 'The request was not accepted',
        text: sentence(error.message + fieldRule(error.message, field, rule)),
      };
    case 401:
      return { title: 'You are not signed in any more', text: 'Sign in again to go on.' };
    case 403:
      return { title: 'Not allowed', text: `Your account may not do this${reference}.` };
    case 404:
      return { title: 'Not found', text: 'It may have been deleted meanwhile. Refresh the list.' };
    case 413:
      return { title: 'Too large', text: error.message };
    case 429:
      return { title: 'Too many requests', text: 'Wait a moment, then try again.' };
    default:
      return error.status >= 500
        ? { title: 'The server has a problem', text: `${whole} Try again in a moment.` }
        : { title: 'The request failed', text: whole };
  }
}

/** Field and rule, unless the message says them already. */
function fieldRule(message: string, field?: string, rule?: string): string {
  if ((!field && !rule) || (rule && message.includes(rule))) return '';
  return ` (${[field, rule].filter(Boolean).join(': ')})`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
