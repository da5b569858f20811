import { apiErrorFrom, NetworkError } from './errors';

/** One HTTP exchange, as the session panel lists it. Never holds a token. */
export interface CallRecord {
  readonly method: string;
  readonly path: string;
  /** `undefined`: no answer came. */
  readonly status: number | undefined;
  readonly note: 'first try' | 'after renewal' | 'token renewed' | 'renewal refused' | 'without token';
  readonly at: number;
}

export interface ClientOptions {
  readonly baseUrl: string;
  /** The access token as it is now. */
  readonly token: () => string | undefined;
  /** Renews the tokens; `undefined` when the session is over. */
  readonly renew: () => Promise<string | undefined>;
  readonly onCall?: (record: CallRecord) => void;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
}

export interface ApiClient {
  /** Calls the API with the access token; after a 401 renews once and tries once more. JSON in, JSON out. */
  call<T>(method: string, path: string, options?: CallOptions): Promise<T>;
  /** Calls the API without any token, to show what the gateway says. Never throws for a refusal. */
  callWithoutToken(method: string, path: string): Promise<BareAnswer>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface BareAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: string;
}

export function createApiClient(options: ClientOptions): ApiClient {
  const { baseUrl, token, onCall } = options;
  const now = options.now ?? Date.now;
  const send = options.fetch ?? ((input, init) => fetch(input, init));

  const record = (method: string, path: string, status: number | undefined, note: CallRecord['note']) =>
    onCall?.({ method, path, status, note, at: now() });

  async function once(method: string, path: string, bearer: string | undefined, call: CallOptions) {
    const headers = new Headers({ accept: 'application/json' });
    if (bearer) headers.set('authorization', `Bearer ${bearer}`);
    if (call.body !== undefined) headers.set('content-type', 'application/json');
    try {
      return await send(baseUrl + path, {
        method,
        headers,
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: call.signal,
        cache: 'no-store',
      });
    } catch (error) {
      if (call.signal?.aborted) throw error;
      record(method, path, undefined, bearer ? 'first try' : 'without token');
      throw new NetworkError('The API did not answer.', { cause: error });
    }
  }

  /** Somebody else's call may have renewed while ours was on its way: then their token is the new one. */
  async function freshToken(used: string | undefined): Promise<string | undefined> {
    const current = token();
    if (current && current !== used) return current;
    return renew();
  }

  const renew = shareWhileRunning(async () => {
    const renewed = await options.renew();
    record('POST', '/oauth2/token', renewed ? 200 : 400, renewed ? 'token renewed' : 'renewal refused');
    return renewed;
  });

  return {
    async call<T>(method: string, path: string, call: CallOptions = {}): Promise<T> {
      const used = token();
      let response = await once(method, path, used, call);
      record(method, path, response.status, 'first try');
      if (response.status === 401) {
        const renewed = await freshToken(used);
        if (renewed) {
          response = await once(method, path, renewed, call);
          record(method, path, response.status, 'after renewal');
        }
      }
      return readAnswer<T>(response);
    },

    async callWithoutToken(method, path) {
      const response = await once(method, path, undefined, {});
      record(method, path, response.status, 'without token');
      return { status: response.status, headers: [...response.headers.entries()], body: await response.text() };
    },
  };
}

async function readAnswer<T>(response: Response): Promise<T> {
  const body = await response.text();
  if (!response.ok) throw apiErrorFrom(response.status, response.headers, body);
  return (body === '' ? undefined : JSON.parse(body)) as T;
}

/** While one run is under way, everybody who asks gets that run: ten refused calls must cause one renewal. */
export function shareWhileRunning<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}
