import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller } from '@nestjs/common';
import { ApiClient, PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { CookieClient } from '../../support/cookie-client.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';
import { expectProblem } from '../support/problems.js';

const ORIGIN = 'https://auth.example.com';
const FRIEND = 'https://app.example.com';
const EVIL = 'https://evil.example';

@Controller('anything')
class AnythingController {
  @All()
  reach(): object {
    return { reached: true };
  }
}

type Headers = Record<string, string | undefined>;

/** Requests as browsers send them for pages that are not ours, and what else is not right. */
const FOREIGN: [string, Headers][] = [
  ['another origin', { origin: EVIL, 'sec-fetch-site': 'cross-site' }],
  ['another origin, in a browser without fetch metadata', { origin: EVIL, 'sec-fetch-site': undefined }],
  ['an opaque origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['an opaque origin of the same site', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  [
    'a neighbour host that is not configured',
    { origin: 'https://x.example.com', 'sec-fetch-site': 'same-site' },
  ],
  ['the same host over http', { origin: 'http://auth.example.com', 'sec-fetch-site': 'cross-site' }],
  ['another port', { origin: `${ORIGIN}:8443`, 'sec-fetch-site': 'same-site' }],
  ['an origin that begins like ours', { origin: `${ORIGIN}.evil.example`, 'sec-fetch-site': undefined }],
  ['our origin, but another site', { 'sec-fetch-site': 'cross-site' }],
  ['a kind of site that there is not', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ['another referer', { origin: undefined, referer: `${EVIL}/?${ORIGIN}`, 'sec-fetch-site': undefined }],
  ['a referer that is none', { origin: undefined, referer: ORIGIN.slice(8), 'sec-fetch-site': undefined }],
  ['nowhere', { origin: undefined, 'sec-fetch-site': undefined }],
];

const OWN: [string, Headers][] = [
  ['our origin', {}],
  ['our origin, in a browser without fetch metadata', { 'sec-fetch-site': undefined }],
  ['an origin of CORS_ORIGINS', { origin: FRIEND, 'sec-fetch-site': 'same-site' }],
  ['a page of ours, by its referer', { origin: undefined, referer: `${ORIGIN}/a?b` }],
];

describe.each<Platform>(['Fastify', 'Express'])('forged requests with cookies on %s', (platform) => {
  let server: ExtendedApp;
  let api: ApiClient;

  beforeAll(async () => {
    server = await startExtendedApp(platform, {
      controllers: [AnythingController],
      environment: { PUBLIC_URL: ORIGIN, CORS_ORIGINS: FRIEND },
    });
    api = new ApiClient(server.url);
  });

  afterAll(async () => {
    await server.close();
  });

  const newPage = () => new CookieClient(api, ORIGIN);
  const signedIn = async () => {
    const page = newPage();
    await page.register();
    return page;
  };
  const rename = (page: CookieClient, headers: Headers) =>
    page.request('PATCH', '/api/profile', { json: { name: 'Changed' }, headers });
  const nameOf = async (page: CookieClient) => (await page.profile()).body.name;

  it.each(FOREIGN)('from %s change nothing, whatever token they show', async (_from, headers) => {
    const page = await signedIn();
    expectProblem(await rename(page, headers), 403, 'CSRF_REJECTED');
    expectProblem(await page.post('/api/auth/logout', undefined, { headers }), 403, 'CSRF_REJECTED');
    const refreshed = await page.refresh({ headers });
    expectProblem(refreshed, 403, 'CSRF_REJECTED');
    expect(refreshed.cookies).toEqual([]);
    expect(await nameOf(page)).toBeNull();
  });

  it.each(FOREIGN)('from %s open no session and no account', async (_from, headers) => {
    const email = uniqueEmail();
    const page = newPage();
    const registered = await page.register(email, headers);
    expectProblem(registered, 403, 'CSRF_REJECTED');
    const { status } = await api.register({ email });
    const loggedIn = await page.login(email, headers);
    expectProblem(loggedIn, 403, 'CSRF_REJECTED');
    expect([status, registered.cookies, loggedIn.cookies]).toEqual([201, [], []]);
  });

  it.each(OWN)('from %s are none', async (_from, headers) => {
    const page = newPage();
    expect((await page.register(uniqueEmail(), headers)).status).toBe(201);
    expect((await page.refresh({ headers })).status).toBe(200);
    expect((await rename(page, headers)).status).toBe(200);
    expect((await page.post('/api/auth/logout', undefined, { headers })).status).toBe(204);
  });

  it('that do not show the token of their session change nothing', async () => {
    const [page, attacker] = [await signedIn(), await signedIn()];
    const own = page.csrfToken ?? '';
    const [session = '', mac = ''] = own.split('.');
    const flipped = (mac.startsWith('A') ? 'B' : 'A') + mac.slice(1);
    for (const token of [
      undefined,
      '',
      'x',
      session,
      `${session}.`,
      `${session}.${flipped}`,
      `${session}.${mac}=`,
      `${own} `.trim().toUpperCase(),
      `${own}, ${own}`,
      attacker.csrfToken,
    ]) {
      const headers = { 'x-csrf-token': token };
      expectProblem(await rename(page, headers), 403, 'CSRF_REJECTED');
      expectProblem(await page.post('/api/auth/logout', undefined, { headers }), 403, 'CSRF_REJECTED');
      expectProblem(await page.refresh({ headers }), 403, 'CSRF_REJECTED');
    }
    expect(await nameOf(page)).toBeNull();
    expect((await rename(page, {})).status).toBe(200);
  });

  it('cannot use a token that the cookie alone holds', async () => {
    const page = await signedIn();
    expect(page.jar.headerFor('/api/profile')).toContain(page.csrfToken);
    expectProblem(await rename(page, { 'x-csrf-token': undefined }), 403, 'CSRF_REJECTED');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'by %s are refused on routes of a team, too',
    async (method) => {
      const page = await signedIn();
      const cookie = page.jar.headerFor('/anything') ?? '';
      const csrf = { origin: ORIGIN, 'x-csrf-token': page.csrfToken ?? '' };
      expectProblem(await server.call(method, '/anything', { headers: { cookie } }), 403, 'CSRF_REJECTED');
      const shown = await server.call(method, '/anything', { headers: { cookie, ...csrf } });
      expect(shown.body).toEqual({ reached: true });
    },
  );

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('by %s from our own origin need the token', async (method) => {
    const page = await signedIn();
    const headers = { cookie: page.jar.headerFor('/anything') ?? '', origin: ORIGIN };
    expectProblem(await server.call(method, '/anything', { headers }), 403, 'CSRF_REJECTED');
    const shown = { ...headers, 'x-csrf-token': page.csrfToken ?? '' };
    expect((await server.call(method, '/anything', { headers: shown })).body).toEqual({ reached: true });
  });

  it('cannot be told of reading, which needs no token', async () => {
    const page = await signedIn();
    const headers = { cookie: page.jar.headerFor('/anything') ?? '', origin: EVIL };
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      expect((await server.call(method, '/anything', { headers })).status).toBe(200);
    }
  });

  it('need a cookie: bearers show nothing else', async () => {
    const { accessToken: token, user } = (await api.register()).body;
    const headers = { origin: EVIL, 'sec-fetch-site': 'cross-site' };
    expect((await api.request('PATCH', '/api/profile', { token, json: { name: 'B' }, headers })).status).toBe(
      200,
    );
    const json = { email: user.email, password: PASSWORD };
    expect((await api.post('/api/auth/login', json, { headers })).status).toBe(200);
  });

  it('are not let through by a bearer token that is not there', async () => {
    const page = await signedIn();
    for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic YTpi']) {
      const answer = await rename(page, { authorization, 'x-csrf-token': undefined });
      expect([authorization, [401, 403].includes(answer.status)]).toEqual([authorization, true]);
    }
    expect(await nameOf(page)).toBeNull();
  });

  describe('behind a gateway', () => {
    const verify = (page: CookieClient, headers: Headers) => page.get('/api/auth/verify', { headers });

    it.each<[string, Headers]>([
      ['X-Forwarded-Method', { 'x-forwarded-method': 'GET' }],
      ['X-Original-Method', { 'x-original-method': 'HEAD' }],
      ['both', { 'x-forwarded-method': 'OPTIONS', 'x-original-method': 'GET' }],
    ])('reading passes with the cookie alone, told by %s', async (_by, headers) => {
      const page = await signedIn();
      const { status, headers: answered } = await verify(page, headers);
      expect([status, answered.get('x-auth-subject')]).toEqual([204, (await page.profile()).body.id]);
    });

    it.each<[string, Headers]>([
      ['writing', { 'x-forwarded-method': 'POST' }],
      ['writing, as nginx tells it', { 'x-original-method': 'DELETE' }],
      ['what is told in two ways', { 'x-forwarded-method': 'GET', 'x-original-method': 'POST' }],
      ['what is told twice', { 'x-forwarded-method': 'GET, POST' }],
      ['a method that is spelled otherwise', { 'x-forwarded-method': 'get' }],
      ['what is not told', {}],
    ])('%s needs origin and token', async (_what, told) => {
      const page = await signedIn();
      const shown = { origin: ORIGIN, 'x-csrf-token': page.csrfToken };
      expectProblem(await verify(page, told), 403, 'CSRF_REJECTED');
      expectProblem(await verify(page, { ...told, origin: ORIGIN }), 403, 'CSRF_REJECTED');
      expectProblem(await verify(page, { ...told, ...shown, origin: EVIL }), 403, 'CSRF_REJECTED');
      expect((await verify(page, { ...told, ...shown })).status).toBe(204);
    });

    it('a bearer needs neither', async () => {
      const { accessToken: token } = (await api.register()).body;
      const headers = { 'x-forwarded-method': 'POST', origin: EVIL };
      expect((await api.get('/api/auth/verify', { token, headers })).status).toBe(204);
    });
  });
});
