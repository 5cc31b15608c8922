import { browser } from './browser.js';
import { isJson, LatchkeyClientError } from './client-error.js';

/** Where the server is, and how it is reached. */
export interface TransportOptions {
  /** Of the server; in a browser it may be relative to the page. */
  readonly baseUrl: string;
  /** Below which the server has its routes, as its `routes: { prefix }` says: `id`, `id/v1`, or empty; `api` if not given. */
  readonly prefix?: string | undefined;
  /** In place of `globalThis.fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds that the client's own calls (register, login, logout, refresh) may take; 30,000 if not given. */
  readonly timeout?: number | undefined;
}

/** A call of the client's own. */
export interface Call {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
}

const TIMEOUT = 30_000;

/** Requests to one origin, and what their failures are called. */
export class Transport {
  readonly timeout: number;
  /** What the paths of Latchkey's routes begin with. */
  readonly root: string;
  private readonly fetch: typeof globalThis.fetch;
  private readonly baseUrl: string;
  private readonly credentials: 'include' | undefined;

  constructor(options: TransportOptions, sendsCookies: boolean) {
    this.baseUrl = options.baseUrl;
    this.timeout = options.timeout ?? TIMEOUT;
    const { prefix = 'api' } = options;
    this.root = prefix && `/${prefix}`;
    // Now, so that a page may put this client in the place of its `fetch`; unbound, browsers refuse to call it.
    this.fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.credentials = sendsCookies ? 'include' : undefined;
  }

  /**
   * @param address a path below `baseUrl`, or a whole address
   * @throws LatchkeyClientError `FOREIGN_ORIGIN`: tokens are sent to no other
   */
  resolve(address: string | URL): URL {
    const base = new URL(this.baseUrl, browser()?.location?.href);
    const below = base.href.replace(/\/*$/, '');
    const isPath = typeof address === 'string' && /^\/(?!\/)/.test(address);
    const url = new URL(isPath ? below + address : address, `${below}/`);
    if (url.origin !== base.origin) {
      throw new LatchkeyClientError(
        'FOREIGN_ORIGIN',
        `${url.origin} is not ${base.origin}: nothing was sent.`,
      );
    }
    return url;
  }

  /**
   * @param timeout milliseconds
   * @throws LatchkeyClientError `NETWORK_ERROR`, `TIMEOUT`; or the reason of the signal, if that is aborted
   */
  async send(target: URL | Request, init: RequestInit, timeout?: number): Promise<Response> {
    const deadline = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
    const signal = init.signal && deadline ? AbortSignal.any([init.signal, deadline]) : deadline;
    try {
      return await this.fetch(target, {
        ...init,
        ...(this.credentials && { credentials: this.credentials }),
        ...(signal && { signal }),
      });
    } catch (error) {
      const aborted = init.signal ?? (target instanceof URL ? undefined : target.signal);
      if (aborted?.aborted) throw error;
      throw unanswered(error, deadline);
    }
  }

  /** @returns the body; undefined if there is none @throws LatchkeyClientError */
  async call<Body>(method: string, path: string, call: Call = {}): Promise<Body | undefined> {
    const { json, signal, timeout = this.timeout } = call;
    const headers = { ...call.headers, ...(json !== undefined && { 'Content-Type': 'application/json' }) };
    const response = await this.send(
      this.resolve(path),
      {
        method,
        headers,
        // A password, a refresh token: sent nowhere else, whatever the answer.
        redirect: 'error',
        ...(json !== undefined && { body: JSON.stringify(json) }),
        ...(signal && { signal }),
      },
      timeout,
    );
    if (!response.ok) throw await LatchkeyClientError.from(response);
    return this.bodyOf<Body>(response);
  }

  private async bodyOf<Body>(response: Response): Promise<Body | undefined> {
    if (response.status === 202 || response.status === 204) return undefined;
    const { status } = response;
    try {
      if (isJson(response)) return (await response.json()) as Body;
    } catch (cause) {
      throw new LatchkeyClientError('NETWORK_ERROR', 'The answer broke off.', { status, cause });
    }
    throw new LatchkeyClientError('UNEXPECTED_ANSWER', 'What answered is not Latchkey: perhaps a proxy.', {
      status,
    });
  }
}

function unanswered(cause: unknown, deadline: AbortSignal | undefined): LatchkeyClientError {
  if (deadline?.aborted) return new LatchkeyClientError('TIMEOUT', 'No answer came in time.', { cause });
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new LatchkeyClientError('NETWORK_ERROR', `The server could not be reached${why}`, { cause });
}
