import { randomUUID } from 'node:crypto';
import { checkConformance } from './openapi-conformance.js';

export interface ApiResponse<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { field: string; message: string }[];
  checks?: Record<string, string>;
}

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  tokenType: string;
  expiresIn: number;
}

export interface SignedIn extends TokenPair {
  user: User;
}

export interface User {
  id: string;
  name: string | null;
  email: string;
  emailVerified: boolean;
  roles: string[];
  createdAt: string;
}

export interface RequestOptions {
  readonly token?: string | undefined;
  readonly json?: unknown;
  /** Sent as it is, instead of `json`. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

export const PASSWORD = 'correct horse battery staple';

/** Talks to a server over real HTTP, and fails on any answer that the server's own OpenAPI document does not describe. */
export class ApiClient {
  constructor(private readonly url: string) {}

  async request<Body = unknown>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<ApiResponse<Body & Problem>> {
    const headers = new Headers(options.headers);
    if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`);
    const body = options.body ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
    if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const response = await fetch(this.url + path, { method, headers, ...(body !== undefined && { body }) });
    const { status, headers: answered } = response;
    const contentType = answered.get('content-type');
    const text = await response.text();
    const isJson = /[/+]json\b/.test(contentType ?? '');
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    await checkConformance(this.url, { method, path, status, contentType, body: parsed });
    return { status, headers: answered, body: parsed as Body & Problem };
  }

  get<Body = unknown>(path: string, options?: RequestOptions) {
    return this.request<Body>('GET', path, options);
  }

  post<Body = unknown>(path: string, json?: unknown, options?: RequestOptions) {
    return this.request<Body>('POST', path, { json, ...options });
  }

  register(fields: Record<string, unknown> = {}) {
    return this.post<SignedIn>('/api/auth/register', { email: uniqueEmail(), password: PASSWORD, ...fields });
  }

  login(email: string, password = PASSWORD) {
    return this.post<SignedIn>('/api/auth/login', { email, password });
  }

  refresh(refreshToken: string) {
    return this.post<TokenPair>('/api/auth/refresh', { refreshToken });
  }

  profile(token: string) {
    return this.get<User>('/api/profile', { token });
  }
}

export function uniqueEmail(): string {
  return `user-${randomUUID()}@example.com`;
}
