import type { SetCookie } from 'cookie';
import {
  type ApiClient,
  type ApiResponse,
  PASSWORD,
  type Problem,
  uniqueEmail,
  type User,
} from './api-client.js';
import { CookieJar } from './cookie-jar.js';

export interface CookieSignedIn {
  tokenType: string;
  expiresIn: number;
  csrfToken: string;
  user: User;
}

export interface CookieRequestOptions {
  readonly json?: unknown;
  readonly body?: string;
  /** Undefined leaves out what would be sent. */
  readonly headers?: Record<string, string | undefined>;
}

export interface CookieResponse<Body> extends ApiResponse<Body & Problem> {
  readonly cookies: SetCookie[];
}

/** A page of an origin in a browser: sends cookies, where it comes from, and the CSRF token once it has one. */
export class CookieClient {
  csrfToken: string | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly origin: string,
    readonly jar = new CookieJar(),
  ) {}

  async request<Body = unknown>(
    method: string,
    path: string,
    { headers = {}, ...options }: CookieRequestOptions = {},
  ): Promise<CookieResponse<Body>> {
    const all = Object.entries({
      origin: method === 'GET' ? undefined : this.origin,
      'sec-fetch-site': 'same-origin',
      cookie: this.jar.headerFor(path),
      'x-csrf-token': method === 'GET' ? undefined : this.csrfToken,
      ...headers,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await this.api.request<Body>(method, path, {
      ...options,
      headers: Object.fromEntries(all),
    });
    const cookies = this.jar.keep(response.headers);
    const { csrfToken } = response.body as { csrfToken?: string };
    if (csrfToken) this.csrfToken = csrfToken;
    return { ...response, cookies };
  }

  get<Body = unknown>(path: string, options?: CookieRequestOptions) {
    return this.request<Body>('GET', path, options);
  }

  post<Body = unknown>(path: string, json?: unknown, { headers, ...options }: CookieRequestOptions = {}) {
    return this.request<Body>('POST', path, { json, ...options, headers: { ...headers } });
  }

  register(email = uniqueEmail(), headers: CookieRequestOptions['headers'] = {}) {
    const json = { email, password: PASSWORD };
    return this.post<CookieSignedIn>('/api/auth/register', json, {
      headers: { 'x-auth-mode': 'cookie', ...headers },
    });
  }

  login(email: string, headers: CookieRequestOptions['headers'] = {}) {
    const json = { email, password: PASSWORD };
    return this.post<CookieSignedIn>('/api/auth/login', json, {
      headers: { 'x-auth-mode': 'cookie', ...headers },
    });
  }

  refresh(options: CookieRequestOptions = {}) {
    const { headers, ...rest } = options;
    return this.post<Omit<CookieSignedIn, 'user'>>('/api/auth/refresh', undefined, {
      ...rest,
      headers: { 'x-auth-mode': 'cookie', ...headers },
    });
  }

  profile() {
    return this.get<User>('/api/profile');
  }

  /** The same browser's other tab. */
  otherTab(): CookieClient {
    const tab = new CookieClient(this.api, this.origin, this.jar.copy());
    tab.csrfToken = this.csrfToken;
    return tab;
  }
}
