import type { User } from '../../src/client/index.js';

const ADA: User = {
  id: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11',
  name: 'Ada',
  email: 'ada@example.com',
  emailVerified: true,
  roles: ['user'],
  createdAt: '2026-01-31T12:00:00.000Z',
};

type Answer = Response | Error | undefined;

/** What was asked, e.g. `POST /api/auth/refresh`, with what of its headers and which body. */
export interface Asked {
  readonly route: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Stands in for the network and for a server beyond it, whose every answer a test can put another in the place of. */
export class ScriptedServer {
  readonly origin = 'https://api.example.com';
  readonly asked: Asked[] = [];
  /** A request that is collected hands the abort of its caller's signal on no more. */
  private readonly kept: Request[] = [];
  expiresIn = 900;
  /** Which tokens are good: those of this number. */
  generation = 0;
  /** Whether there is a session. */
  isOpen = false;
  user = ADA;
  /** What is answered in place of what a server would; undefined leaves it to that. */
  script: (route: string, signal: AbortSignal) => Answer | Promise<Answer> = () => undefined;

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    this.kept.push(request);
    const url = new URL(request.url);
    const route = `${request.method} ${url.pathname}`;
    request.signal.throwIfAborted();
    this.asked.push({ route, headers: request.headers, body: await request.text() });
    const scripted = await this.script(route, request.signal);
    if (scripted instanceof Error) throw scripted;
    return scripted ?? this.answer(route, request.headers);
  };

  routes(): string[] {
    return this.asked.map(({ route }) => route);
  }

  count(route: string): number {
    return this.routes().filter((each) => each === route).length;
  }

  /** All access tokens of before are expired. */
  expireTokens(): void {
    this.generation++;
  }

  answer(route: string, headers: Headers): Response {
    const cookie = headers.get('x-auth-mode') === 'cookie';
    switch (route) {
      case 'POST /api/auth/login':
      case 'POST /api/auth/login/challenge':
      case 'POST /api/auth/register':
        this.isOpen = true;
        return json(200, { user: this.user, ...this.tokens(cookie) });
      case 'POST /api/auth/refresh':
        if (!this.isOpen) return problem(401, 'SESSION_ENDED');
        return json(200, this.tokens(cookie));
      case 'GET /api/auth/csrf':
        return json(200, { csrfToken: this.isOpen ? 'csrf' : null });
      default:
        return this.guarded(route, headers);
    }
  }

  private guarded(route: string, headers: Headers): Response {
    const given = headers.get('authorization');
    if (given !== null && given !== `Bearer access-${this.generation}`) return problem(401, 'TOKEN_EXPIRED');
    if (!this.isOpen) return problem(401, 'TOKEN_MISSING');
    if (route === 'POST /api/auth/logout') {
      this.isOpen = false;
      return new Response(null, { status: 204 });
    }
    return json(200, route === 'GET /api/profile' ? this.user : { ok: true });
  }

  private tokens(cookie: boolean) {
    const access = `access-${this.generation}`;
    const tokens = cookie ? { csrfToken: 'csrf' } : { accessToken: access, refreshToken: 'lk_rt_1' };
    return { ...tokens, tokenType: 'Bearer', expiresIn: this.expiresIn };
  }
}

export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

export function problem(
  status: number,
  code: string,
  headers: Record<string, string> = {},
  members: object = {},
): Response {
  const body = {
    type: `urn:latchkey:problem:${code}`,
    title: code,
    status,
    detail: `${code}.`,
    code,
    ...members,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

export function html(status: number): Response {
  return new Response('<h1>Welcome to our hotel</h1>', { status, headers: { 'content-type': 'text/html' } });
}

/** What `fetch` throws where there is no network. */
export function offline(): TypeError {
  return new TypeError('fetch failed');
}
