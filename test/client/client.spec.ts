import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  createLatchkeyClient,
  type LatchkeyClient,
  LatchkeyClientError,
  type User,
} from '../../src/client/index.js';
import { html, json, offline, problem, ScriptedServer } from './scripted-server.js';

const REFRESH = 'POST /api/auth/refresh';
const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery staple' };
const DAY = 86_400_000;

let server: ScriptedServer;
let client: LatchkeyClient;
let told: (User | null)[];

const make = (mode: 'bearer' | 'cookie', timeout?: number) => {
  const made = createLatchkeyClient({ baseUrl: server.origin, mode, fetch: server.fetch, timeout });
  made.onChange((user) => told.push(user));
  return made;
};

beforeEach(() => {
  server = new ScriptedServer();
  told = [];
  client = make('bearer');
});

afterEach(() => {
  jest.restoreAllMocks();
});

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no failure',
    (error) => error,
  );

const clocks = { wall: Date.now.bind(Date), steady: performance.now.bind(performance) };

/** Moves what the two clocks of a tab tell, each by its own. */
function moveClocks({ wall = 0, steady = 0 }): void {
  jest.spyOn(Date, 'now').mockImplementation(() => clocks.wall() + wall);
  jest.spyOn(performance, 'now').mockImplementation(() => clocks.steady() + steady);
}

describe('Who is signed in', () => {
  it('is told at register, log in and log out, and is the same object until it changes', async () => {
    expect(client.user).toBeNull();
    expect(await client.register(CREDENTIALS)).toEqual(server.user);
    const first = client.user;
    await client.restore();
    expect(client.user).toBe(first);
    server.user = { ...server.user, name: 'Augusta Ada' };
    await client.restore();
    await client.logout();
    expect(client.user).toBeNull();
    await client.login(CREDENTIALS);
    expect(told.map((user) => user?.name)).toEqual(['Ada', 'Augusta Ada', undefined, 'Augusta Ada']);
  });

  it('is the one who answers what the server asks for after the password', async () => {
    const challenge = {
      challengeToken: 'lk_ot_1',
      challenges: [{ kind: 'totp', parameters: {} }],
      expiresIn: 300,
    };
    server.script = (route) =>
      route === 'POST /api/auth/login' ? problem(401, 'LOGIN_CHALLENGE_REQUIRED', {}, challenge) : undefined;
    const error = await failure(client.login(CREDENTIALS));
    if (!(error instanceof LatchkeyClientError)) throw error;
    expect(error).toMatchObject({ code: 'LOGIN_CHALLENGE_REQUIRED', problem: challenge });
    expect([client.user, told]).toEqual([null, []]);
    const { challengeToken = '', challenges: [{ kind } = { kind: '' }] = [] } = error.problem ?? {};
    expect(await client.completeLogin({ challengeToken, kind, answer: '492039' })).toEqual(server.user);
    expect(server.asked.at(-1)).toMatchObject({
      route: 'POST /api/auth/login/challenge',
      body: JSON.stringify({ challengeToken: 'lk_ot_1', kind: 'totp', answer: '492039' }),
    });
    expect([client.user, told]).toEqual([server.user, [server.user]]);
  });

  it('is no user where the server first mails a link', async () => {
    server.script = () => new Response(null, { status: 202 });
    expect(await client.register(CREDENTIALS)).toBeNull();
    expect([client.user, told]).toEqual([null, []]);
  });

  it('is told no more to a listener that has gone', async () => {
    const heard: unknown[] = [];
    const stop = client.onChange((user) => heard.push(user));
    stop();
    await client.login(CREDENTIALS);
    expect(heard).toEqual([]);
  });

  it('is not known in cookie mode before the server is asked, which tells no session by one request', async () => {
    client = make('cookie');
    expect(client.user).toBeUndefined();
    expect(await client.restore()).toBeNull();
    expect([client.user, told]).toEqual([null, [null]]);
    expect(server.routes()).toEqual(['GET /api/auth/csrf']);
    server.isOpen = true;
    expect(await client.restore()).toEqual(server.user);
  });
});

describe('A request at expiry', () => {
  beforeEach(async () => {
    await client.login(CREDENTIALS);
    server.asked.length = 0;
    server.expireTokens();
  });

  it('is repeated with the new token: twenty at once, one refresh, none failed', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.fetch('/api/profile')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect([server.count(REFRESH), server.count('GET /api/profile')]).toEqual([1, 40]);
  });

  it('is repeated once: what is refused again is answered', async () => {
    server.script = (route) => (route === 'GET /api/profile' ? problem(401, 'TOKEN_INVALID') : undefined);
    expect((await client.fetch('/api/profile')).status).toBe(401);
    expect(server.routes()).toEqual(['GET /api/profile', REFRESH, 'GET /api/profile']);
    expect(client.user).not.toBeNull();
  });

  it('is not repeated where it was not the token that was wrong', async () => {
    server.script = () => problem(401, 'INVALID_CREDENTIALS');
    const response = await client.fetch('/api/auth/password/change', { method: 'POST', body: '{}' });
    expect([response.status, (await response.json()) as object]).toMatchObject([
      401,
      { code: 'INVALID_CREDENTIALS' },
    ]);
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['a text', () => ({ body: 'once' })],
    ['a form', () => ({ body: new URLSearchParams({ once: '1' }) })],
    ['bytes', () => ({ body: new Uint8Array([49, 50]) })],
  ])('is repeated with its body: %s', async (_what, init) => {
    await client.fetch('/api/notes', { method: 'POST', ...init() });
    const [first, again] = server.asked.filter(({ route }) => route === 'POST /api/notes');
    expect(first?.body).not.toBe('');
    expect(again?.body).toBe(first?.body);
  });

  it('is repeated with its body where it is a Request', async () => {
    const request = new Request(`${server.origin}/api/notes`, {
      method: 'POST',
      body: 'once',
      headers: { 'x-mine': '1' },
    });
    expect((await client.fetch(request)).status).toBe(200);
    const sent = server.asked.filter(({ route }) => route === 'POST /api/notes');
    expect(sent.map(({ body, headers }) => [body, headers.get('x-mine')])).toEqual([
      ['once', '1'],
      ['once', '1'],
    ]);
  });

  it('says so where its body, a stream, is used up; sent again it passes', async () => {
    const send = () =>
      client.fetch('/api/notes', {
        method: 'POST',
        body: new Blob(['once']).stream(),
        duplex: 'half',
      } as RequestInit);
    expect(await failure(send())).toMatchObject({
      code: 'BODY_NOT_REPEATABLE',
      status: 401,
      problem: { code: 'TOKEN_EXPIRED' },
    });
    expect((await send()).status).toBe(200);
    expect(server.count(REFRESH)).toBe(1);
  });

  it('is not repeated in the name of another user who has signed in meanwhile', async () => {
    let login: Promise<unknown> | undefined;
    server.script = async (route) => {
      if (route !== 'GET /api/profile' || login) return undefined;
      server.user = { ...server.user, id: 'another' };
      login = client.login(CREDENTIALS);
      await login;
      return undefined;
    };
    expect((await client.fetch('/api/profile')).status).toBe(401);
    expect(server.routes()).toEqual(['GET /api/profile', 'POST /api/auth/login']);
  });

  it('ends in a clean logged-out state where the session has ended', async () => {
    server.isOpen = false;
    const answers = await Promise.all([client.fetch('/api/profile'), client.fetch('/api/auth/sessions')]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect([client.user, told.at(-1), told.length]).toEqual([null, null, 2]);
    server.asked.length = 0;
    await client.fetch('/api/profile');
    expect(server.asked.map(({ route, headers }) => [route, headers.get('authorization')])).toEqual([
      ['GET /api/profile', null],
    ]);
  });

  it('is given up alone by its signal; the refresh goes on for the others', async () => {
    const stop = new AbortController();
    const reason = new Error('the page was left');
    server.script = (route) => {
      if (route === REFRESH) stop.abort(reason);
      return undefined;
    };
    const given = client.fetch('/api/profile', { signal: stop.signal });
    const other = client.fetch('/api/auth/sessions');
    expect(await failure(given)).toBe(reason);
    expect((await other).status).toBe(200);
    expect([server.count(REFRESH), server.count('GET /api/profile')]).toEqual([1, 1]);
  });
});

describe('Time', () => {
  it.each([
    ['the clock is years ahead', { wall: 3650 * DAY }],
    ['the clock is years behind', { wall: -3650 * DAY }],
  ])('is taken from no clock: %s from the start', async (_how, by) => {
    moveClocks(by);
    await client.login(CREDENTIALS);
    await client.fetch('/api/profile');
    expect(server.count(REFRESH)).toBe(0);
  });

  it.each([
    ['a day asleep', { wall: DAY }],
    ['the clock set back meanwhile', { wall: -DAY, steady: 880_000 }],
  ])('%s: one refresh, ahead of the requests', async (_how, by) => {
    await client.login(CREDENTIALS);
    moveClocks(by);
    server.expireTokens();
    await Promise.all([client.fetch('/api/profile'), client.fetch('/api/profile')]);
    expect(server.routes().slice(1)).toEqual([REFRESH, 'GET /api/profile', 'GET /api/profile']);
  });

  it('renews ahead for a stream, so that it is sent once', async () => {
    await client.login(CREDENTIALS);
    moveClocks({ wall: 880_000 });
    server.expireTokens();
    const body = new Blob(['once']).stream();
    const response = await client.fetch('/api/notes', {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(200);
  });

  it('is not up where the token is still good and cannot be renewed yet', async () => {
    await client.login(CREDENTIALS);
    moveClocks({ wall: 880_000 });
    server.script = (route) => (route === REFRESH ? offline() : undefined);
    expect((await client.fetch('/api/profile')).status).toBe(200);
    moveClocks({ wall: 920_000 });
    expect(await failure(client.fetch('/api/profile'))).toMatchObject({ code: 'NETWORK_ERROR' });
  });
});

describe('A refresh that fails', () => {
  beforeEach(async () => {
    await client.login(CREDENTIALS);
    server.expireTokens();
    server.asked.length = 0;
  });

  const answerRefresh = (answer: () => Response | Error) => {
    server.script = (route) => (route === REFRESH ? answer() : undefined);
  };

  it.each([
    ['there is no network', 'NETWORK_ERROR', offline],
    ['a proxy answers in its place', 'UNEXPECTED_ANSWER', () => html(200)],
    ['a gateway has no server', 'UNEXPECTED_ANSWER', () => html(502)],
    ['its store does not answer', 'UNAVAILABLE', () => problem(503, 'UNAVAILABLE')],
  ])('logs no user out where %s', async (_why, code, answer) => {
    answerRefresh(answer);
    const failed = await failure(client.fetch('/api/profile'));
    expect(failed).toBeInstanceOf(LatchkeyClientError);
    expect(failed).toMatchObject({ code });
    expect(client.user).toEqual(server.user);
    server.script = () => undefined;
    expect((await client.fetch('/api/profile')).status).toBe(200);
  });

  it('is tried again at once where the answer was lost, within the time in which the old token answers', async () => {
    let lost = 0;
    server.script = (route) => (route === REFRESH && lost++ === 0 ? offline() : undefined);
    expect((await client.fetch('/api/profile')).status).toBe(200);
    expect(server.count(REFRESH)).toBe(2);
  });

  it('is not tried again before the server has said', async () => {
    answerRefresh(() => problem(429, 'RATE_LIMITED', { 'retry-after': '30' }));
    const limited = { code: 'RATE_LIMITED', status: 429, retryAfter: 30 };
    expect(await failure(client.fetch('/api/profile'))).toMatchObject(limited);
    expect(await failure(client.fetch('/api/profile'))).toMatchObject(limited);
    expect(server.count(REFRESH)).toBe(1);
    server.script = () => undefined;
    moveClocks({ steady: 31_000 });
    expect((await client.fetch('/api/profile')).status).toBe(200);
  });
});

describe('Tokens', () => {
  beforeEach(async () => {
    await client.login(CREDENTIALS);
    server.asked.length = 0;
  });

  it.each([
    'https://api.example.com.evil.example/',
    '//evil.example/',
    'http://api.example.com/',
    'https://api.example.com:444/',
    '\\\\evil.example/',
    new URL('https://evil.example/'),
  ])('are sent to no other origin: %s', async (address) => {
    expect(await failure(client.fetch(address))).toMatchObject({ code: 'FOREIGN_ORIGIN', status: undefined });
    expect(await failure(client.fetch(new Request(new URL(address, server.origin))))).toMatchObject({
      code: 'FOREIGN_ORIGIN',
    });
    expect(server.asked).toEqual([]);
  });

  it('are not put in the place of one that the caller has brought, and that is not renewed', async () => {
    const response = await client.fetch('/api/profile', { headers: { authorization: 'Bearer mine' } });
    expect([response.status, server.routes()]).toEqual([401, ['GET /api/profile']]);
  });

  it('go where a path below baseUrl leads', async () => {
    const below = createLatchkeyClient({ baseUrl: `${server.origin}/id/`, fetch: server.fetch });
    await below.fetch('/api/profile');
    await below.fetch(`${server.origin}/other`);
    expect(server.routes()).toEqual(['GET /id/api/profile', 'GET /other']);
  });
});

describe('In cookie mode', () => {
  beforeEach(() => {
    client = make('cookie');
    server.isOpen = true;
  });

  const headersOf = (name: string) => server.asked.map(({ route, headers }) => [route, headers.get(name)]);

  it('the CSRF token goes along with what changes something, and is asked for once', async () => {
    await client.fetch('/api/profile');
    await client.fetch('/api/profile', { method: 'PATCH', body: '{}' });
    await client.fetch('/api/profile', { method: 'DELETE' });
    expect(headersOf('x-csrf-token')).toEqual([
      ['GET /api/profile', null],
      ['GET /api/auth/csrf', null],
      ['PATCH /api/profile', 'csrf'],
      ['DELETE /api/profile', 'csrf'],
    ]);
  });

  it('many that need the CSRF token at once ask for it once, and again after a failure', async () => {
    server.script = (route) => (route === 'GET /api/auth/csrf' ? offline() : undefined);
    const change = () => client.fetch('/api/profile', { method: 'PATCH', body: '{}' });
    expect(await failure(change())).toMatchObject({ code: 'NETWORK_ERROR' });
    server.script = () => undefined;
    const answers = await Promise.all([change(), change(), change()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.count('GET /api/auth/csrf')).toBe(2);
  });

  it('login and refresh ask for cookies, and no token is ever sent by the page', async () => {
    await client.login(CREDENTIALS);
    let expired = true;
    server.script = (route) => {
      if (route === REFRESH) expired = false;
      return route === 'GET /api/profile' && expired ? problem(401, 'TOKEN_MISSING') : undefined;
    };
    expect((await client.fetch('/api/profile')).status).toBe(200);
    expect(headersOf('x-auth-mode').filter(([, mode]) => mode)).toEqual([
      ['POST /api/auth/login', 'cookie'],
      [REFRESH, 'cookie'],
    ]);
    expect(headersOf('authorization').every(([, value]) => value === null)).toBe(true);
    expect(server.asked.find(({ route }) => route === REFRESH)?.body).toBe('');
  });

  it('takes up the session of another tab of which no message has come', async () => {
    await client.login(CREDENTIALS);
    server.user = { ...server.user, id: 'another' };
    server.script = (route) => (route.startsWith('PATCH') ? problem(403, 'CSRF_REJECTED') : undefined);
    const changed = new Promise((resolve) => client.onChange(resolve));
    expect((await client.fetch('/api/profile', { method: 'PATCH', body: '{}' })).status).toBe(403);
    expect(await changed).toEqual(server.user);
    expect(server.count('PATCH /api/profile')).toBe(1);
  });
});

describe('Types', () => {
  it('of answers are those of their routes, found by method and path', async () => {
    await client.login(CREDENTIALS);
    server.script = () => json(200, [{ current: true }]);
    const sessions = await client.fetch('/api/auth/sessions?limit=1');
    const ended = await client.fetch(`/api/auth/sessions/${server.user.id}`, { method: 'DELETE' });
    const others = await client.fetch(`/api/admin/users/${server.user.id}/sessions`);
    if (!sessions.ok || !ended.ok || !others.ok) throw new Error('refused');
    const [own] = await sessions.json();
    const [foreign] = await others.json();
    const nothing: Promise<undefined> = ended.json();
    const isCurrent: boolean | undefined = own?.current;
    // @ts-expect-error -- administrators are not told which session is the current one
    const noSuch: unknown = foreign?.current;
    const unknownRoute: Response = await client.fetch('/api/of-your-own');
    // @ts-expect-error -- a password is needed
    const noPassword: Parameters<typeof client.login>[0] = { email: 'ada@example.com' };
    expect([isCurrent, noSuch, unknownRoute.ok, noPassword.email]).toEqual([
      true,
      true,
      true,
      'ada@example.com',
    ]);
    await nothing;
  });
});

describe('Log out', () => {
  it('forgets the tokens also where the server cannot be told, and says so', async () => {
    await client.login(CREDENTIALS);
    server.script = offline;
    expect(await failure(client.logout())).toMatchObject({ code: 'NETWORK_ERROR' });
    expect(client.user).toBeNull();
  });

  it('leaves the user signed in where the server cannot take the cookies away', async () => {
    client = make('cookie');
    await client.login(CREDENTIALS);
    server.script = offline;
    expect(await failure(client.logout())).toMatchObject({ code: 'NETWORK_ERROR' });
    expect(client.user).toEqual(server.user);
    server.script = () => undefined;
    await client.logout();
    expect(client.user).toBeNull();
  });

  it('renews an expired token first; of a session that has ended it is no error', async () => {
    await client.login(CREDENTIALS);
    server.expireTokens();
    await client.logout();
    expect([server.isOpen, client.user]).toEqual([false, null]);
    await client.login(CREDENTIALS);
    server.expireTokens();
    server.isOpen = false;
    await client.logout();
    expect(client.user).toBeNull();
  });
});

describe('An error', () => {
  it('holds code, status and problem of a problem document', async () => {
    server.script = () => problem(401, 'INVALID_CREDENTIALS');
    expect(await failure(client.login(CREDENTIALS))).toMatchObject({
      name: 'LatchkeyClientError',
      code: 'INVALID_CREDENTIALS',
      status: 401,
      problem: { code: 'INVALID_CREDENTIALS', detail: 'INVALID_CREDENTIALS.' },
      message: 'INVALID_CREDENTIALS.',
    });
  });

  it.each([
    ['no answer', 'NETWORK_ERROR', undefined, offline],
    ['an answer that is no JSON', 'UNEXPECTED_ANSWER', 200, () => html(200)],
    ['a failure without a problem document', 'UNEXPECTED_ANSWER', 502, () => html(502)],
    [
      'JSON that is cut off',
      'NETWORK_ERROR',
      200,
      () => new Response('{', { headers: { 'content-type': 'application/json' } }),
    ],
    ['a failure with JSON of another kind', 'UNEXPECTED_ANSWER', 500, () => json(500, null)],
  ])('tells %s', async (_what, code, status, answer) => {
    server.script = answer;
    const failed = await failure(client.login(CREDENTIALS));
    expect(failed).toBeInstanceOf(LatchkeyClientError);
    expect(failed).toMatchObject({ code, status, problem: undefined });
  });

  it('tells that no answer came in time, or that the caller gave up', async () => {
    client = make('bearer', 20);
    server.script = (_route, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    expect(await failure(client.login(CREDENTIALS))).toMatchObject({
      code: 'TIMEOUT',
      cause: { name: 'TimeoutError' },
    });
    const reason = new Error('left');
    expect(await failure(client.login(CREDENTIALS, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, 7],
    [
      'a date, by the clock of the server',
      { 'retry-after': 'Sun, 31 Jan 2027 12:00:09 GMT', date: 'Sun, 31 Jan 2027 12:00:00 GMT' },
      9,
    ],
    ['nothing', {}, undefined],
    ['something else', { 'retry-after': 'soon' }, undefined],
  ])('says when to come back: %s', async (_how, headers, retryAfter) => {
    const response = problem(429, 'RATE_LIMITED', headers);
    expect(await LatchkeyClientError.from(response)).toMatchObject({ code: 'RATE_LIMITED', retryAfter });
    expect(response.bodyUsed).toBe(false);
  });
});
