import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { Public } from '../../../src/access/access.decorators.js';
import type { AuthenticatedRequest } from '../../../src/access/authenticated-request.js';
import { ApiClient, PASSWORD, type SignedIn, uniqueEmail, type User } from '../../support/api-client.js';
import { CookieClient } from '../../support/cookie-client.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';
import { expectProblem } from '../support/problems.js';

const ORIGIN = 'https://auth.example.com';
const ACCESS = '__Host-latchkey_access';
const REFRESH = '__Secure-latchkey_refresh';
const CSRF = '__Host-latchkey_csrf';
const NEW_PASSWORD = 'purple monkey dishwasher tuesday';

/** The global guard is out of the way, so that passport alone decides. */
@Public()
@UseGuards(AuthGuard('jwt'))
@Controller('passport')
class PassportController {
  @Get()
  read(@Req() request: AuthenticatedRequest): object {
    return { subject: request.user?.subject };
  }

  @Post()
  write(@Req() request: AuthenticatedRequest): object {
    return { subject: request.user?.subject };
  }
}

describe.each<Platform>(['Fastify', 'Express'])('cookie mode on %s', (platform) => {
  let server: ExtendedApp;
  let api: ApiClient;

  beforeAll(async () => {
    server = await startExtendedApp(platform, {
      controllers: [PassportController],
      environment: { PUBLIC_URL: ORIGIN },
    });
    api = new ApiClient(server.url);
  });

  afterAll(async () => {
    await server.close();
  });

  const newPage = () => new CookieClient(api, ORIGIN);
  const signedIn = async (email = uniqueEmail()) => {
    const page = newPage();
    expect((await page.register(email)).status).toBe(201);
    return page;
  };
  const expectCleared = (cookies: { name: string; value: string | undefined; maxAge?: number }[]) => {
    expect(cookies.map(({ name, value, maxAge }) => [name, value, maxAge])).toEqual([
      [ACCESS, '', 0],
      [REFRESH, '', 0],
      [CSRF, '', 0],
    ]);
  };

  describe('signing in', () => {
    it.each(['register', 'login'] as const)(
      'by %s puts the tokens in cookies and not in the body',
      async (by) => {
        const email = uniqueEmail();
        if (by === 'login') await api.register({ email });
        const page = newPage();
        const { status, body, cookies } =
          by === 'login' ? await page.login(email) : await page.register(email);

        expect(status).toBe(by === 'login' ? 200 : 201);
        expect(body).toEqual({
          user: expect.objectContaining({ email }),
          tokenType: 'Bearer',
          expiresIn: 900,
          csrfToken: page.jar.valueOf('csrf'),
        });
        const common = { value: expect.stringMatching(/./), secure: true };
        expect(cookies).toEqual([
          { ...common, name: ACCESS, path: '/', httpOnly: true, sameSite: 'lax', maxAge: 900 },
          {
            ...common,
            name: REFRESH,
            path: '/api/auth/refresh',
            httpOnly: true,
            sameSite: 'strict',
            maxAge: 7 * 86_400,
          },
          { ...common, name: CSRF, path: '/', sameSite: 'strict', maxAge: 7 * 86_400 },
        ]);
        expect(page.jar.valueOf('access')).toMatch(/^eyJ/);
        expect(page.jar.valueOf('refresh')).toMatch(/^lk_rt_/);
        expect((await page.profile()).body.email).toBe(email);
      },
    );

    it('without the header, or for a bearer, sets no cookie', async () => {
      const email = uniqueEmail();
      for (const headers of [{}, { 'x-auth-mode': 'bearer' }]) {
        const page = newPage();
        const json = { email: uniqueEmail(), password: PASSWORD };
        const answer = await page.post<SignedIn>('/api/auth/register', json, { headers });
        expect([answer.status, answer.cookies]).toEqual([201, []]);
        expect(answer.body.refreshToken).toMatch(/^lk_rt_/);
      }
      const page = newPage();
      expectProblem(await page.register(email, { 'x-auth-mode': 'session' }), 400, 'VALIDATION_FAILED');
      expect((await page.register(email)).status).toBe(201);
    });

    it('ends the session whose cookies it replaces', async () => {
      const email = uniqueEmail();
      const page = await signedIn(email);
      const before = page.otherTab();
      await page.login(email);
      expect((await page.profile()).status).toBe(200);
      expectProblem(await before.profile(), 401, 'TOKEN_REVOKED');
      expectProblem(await before.refresh(), 401, 'SESSION_ENDED');
    });

    it('ends it also when its access cookie has expired, by the CSRF cookie, if that is genuine', async () => {
      const email = uniqueEmail();
      const page = await signedIn(email);
      const other = await signedIn();
      const login = async (csrf: string) => {
        const headers = { cookie: `${CSRF}=${csrf}`, 'x-csrf-token': undefined };
        const later = newPage();
        expect((await later.login(email, headers)).status).toBe(200);
        const { body } = await later.get<object[]>('/api/auth/sessions');
        return body.length;
      };
      const token = page.jar.valueOf('csrf');
      const [, mac] = other.jar.valueOf('csrf').split('.');
      expect(await login(`${token.split('.')[0]}.${mac}`)).toBe(2);
      expect(await login(token)).toBe(2);
      expectProblem(await page.profile(), 401, 'TOKEN_REVOKED');
      expectProblem(await page.refresh(), 401, 'SESSION_ENDED');
    });

    it('that fails leaves the cookies alone', async () => {
      const email = uniqueEmail();
      const page = await signedIn(email);
      const json = { email, password: 'not the password' };
      const answer = await page.post('/api/auth/login', json, { headers: { 'x-auth-mode': 'cookie' } });
      expectProblem(answer, 401, 'INVALID_CREDENTIALS');
      expect(answer.cookies).toEqual([]);
      expect((await page.profile()).status).toBe(200);
    });
  });

  describe('refreshing', () => {
    it.each([
      ['no body', {}],
      ['an empty object', { json: {} }],
      ['an empty body', { headers: { 'content-type': 'application/json' } }],
    ])('takes the token from its cookie, with %s', async (_what, options) => {
      const page = await signedIn();
      const [access, refresh] = [page.jar.valueOf('access'), page.jar.valueOf('refresh')];
      const { status, body, cookies } = await page.refresh(options);
      expect([status, body]).toEqual([
        200,
        { tokenType: 'Bearer', expiresIn: 900, csrfToken: page.csrfToken },
      ]);
      expect(cookies.map(({ name }) => name)).toEqual([ACCESS, REFRESH, CSRF]);
      expect(page.jar.valueOf('access')).not.toBe(access);
      expect(page.jar.valueOf('refresh')).not.toBe(refresh);
      expect((await page.profile()).status).toBe(200);
    });

    it('keeps two tabs signed in that do it at once', async () => {
      const page = await signedIn();
      const tab = page.otherTab();
      const answers = await Promise.all([page.refresh(), tab.refresh()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(page.jar.valueOf('refresh')).toBe(tab.jar.valueOf('refresh'));
      expect([(await page.refresh()).status, (await tab.profile()).status]).toEqual([200, 200]);
    });

    it('takes a token from the body only without cookie mode, and one from the cookie only with it', async () => {
      const page = await signedIn();
      const refreshToken = page.jar.valueOf('refresh');
      expectProblem(await page.refresh({ json: { refreshToken } }), 400, 'VALIDATION_FAILED');
      expectProblem(
        await page.post('/api/auth/refresh', {}, { headers: { 'x-auth-mode': undefined } }),
        400,
        'VALIDATION_FAILED',
      );
      expect((await page.refresh()).status).toBe(200);
    });

    it('clears the cookies when the session has ended, and when its token is used again', async () => {
      const page = await signedIn();
      const thief = page.otherTab();
      await page.refresh();
      await page.refresh();
      const reused = await thief.refresh();
      expectProblem(reused, 401, 'REFRESH_TOKEN_REUSED');
      expectCleared(reused.cookies);
      const ended = await page.refresh();
      expectProblem(ended, 401, 'SESSION_ENDED');
      expectCleared(ended.cookies);
      expect(page.jar.names).toEqual([]);
    });

    it('refuses what is no token of ours, and clears the cookies', async () => {
      for (const value of ['nonsense', 'lk_rt_', '%E0%A4%A', '"', 'x'.repeat(4000)]) {
        const page = await signedIn();
        page.jar.set('refresh', value);
        const answer = await page.refresh();
        expectProblem(answer, 401, 'REFRESH_TOKEN_INVALID');
        expectCleared(answer.cookies);
      }
      expectProblem(await newPage().refresh(), 401, 'REFRESH_TOKEN_INVALID');
    });

    it('refuses the refresh token of another session beside the page’s own', async () => {
      const [victim, attacker] = [await signedIn(), await signedIn()];
      victim.jar.set('refresh', attacker.jar.valueOf('refresh'));
      expectProblem(await victim.refresh(), 403, 'CSRF_REJECTED');
    });

    it('refuses two refresh cookies, of which a neighbour host may have set one', async () => {
      const page = await signedIn();
      const cookie = page.jar.headerFor('/api/auth/refresh') ?? '';
      const answer = await page.refresh({ headers: { cookie: `${REFRESH}=lk_rt_tossed; ${cookie}` } });
      expectProblem(answer, 401, 'REFRESH_TOKEN_INVALID');
      expect(answer.cookies).toEqual([]);
      expect((await page.refresh()).status).toBe(200);
    });
  });

  describe('ending the session', () => {
    it.each(['logout', 'logout-all'])('by %s clears the cookies', async (route) => {
      const page = await signedIn();
      const stolen = page.otherTab();
      const answer = await page.post(`/api/auth/${route}`);
      expect(answer.status).toBe(204);
      expectCleared(answer.cookies);
      expect(page.jar.names).toEqual([]);
      expectProblem(await page.profile(), 401, 'TOKEN_MISSING');
      expectProblem(await stolen.profile(), 401, 'TOKEN_REVOKED');
      expectProblem(await stolen.refresh(), 401, 'SESSION_ENDED');
    });

    it('clears them for the current one in the list, and not for another', async () => {
      const email = uniqueEmail();
      const [page, phone] = [await signedIn(email), newPage()];
      await phone.login(email);
      const { body: sessions } = await page.get<{ id: string; current: boolean }[]>('/api/auth/sessions');
      const idOf = (current: boolean) => sessions.find((session) => session.current === current)?.id ?? '';
      const other = await page.request('DELETE', `/api/auth/sessions/${idOf(false)}`);
      expect([other.status, other.cookies]).toEqual([204, []]);
      expectProblem(await phone.profile(), 401, 'TOKEN_REVOKED');
      const own = await page.request('DELETE', `/api/auth/sessions/${idOf(true).toUpperCase()}`);
      expect(own.status).toBe(204);
      expectCleared(own.cookies);
    });

    it('by a bearer clears no cookies', async () => {
      const { accessToken } = (await api.register()).body;
      const page = await signedIn();
      const answer = await page.post('/api/auth/logout', undefined, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect([answer.status, answer.cookies]).toEqual([204, []]);
      expect((await page.profile()).status).toBe(200);
    });

    it('goes on over a change of the password, which ends the others', async () => {
      const email = uniqueEmail();
      const [page, other] = [await signedIn(email), newPage()];
      await other.login(email);
      const json = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      expect((await page.post('/api/auth/password/change', json)).status).toBe(204);
      expect((await page.profile()).status).toBe(200);
      const refreshed = await other.refresh();
      expectProblem(refreshed, 401, 'SESSION_ENDED');
      expectCleared(refreshed.cookies);
    });
  });

  describe('the access token', () => {
    it('of a header wins over a cookie, also if it is bad or of another scheme', async () => {
      const { accessToken, user } = (await api.register()).body;
      const page = await signedIn();
      const call = (authorization: string) => page.get<User>('/api/profile', { headers: { authorization } });
      expect((await call(`Bearer ${accessToken}`)).body.id).toBe(user.id);
      expectProblem(await call('Bearer nonsense'), 401, 'TOKEN_INVALID');
      expectProblem(await call('Basic YTpi'), 401, 'TOKEN_MISSING');
    });

    it('of a bad cookie is refused as one of a header is', async () => {
      const page = await signedIn();
      const good = page.jar.valueOf('access');
      for (const cookie of [
        `${ACCESS}=`,
        `${ACCESS}=nonsense`,
        `${ACCESS}="${good}"`,
        `${ACCESS}=%E0%A4%A`,
        `${ACCESS}=${'x'.repeat(9000)}`,
        `${ACCESS}=${good}; ${ACCESS}=${good}`,
        `${ACCESS}=nonsense;${ACCESS}=${good}`,
        `a=b; ${ACCESS}=${good} ;\t${ACCESS} = ${good}`,
      ]) {
        const answer = await page.get('/api/profile', { headers: { cookie } });
        expectProblem(answer, 401, 'TOKEN_INVALID');
      }
    });

    it('is not looked for in cookies of other names', async () => {
      const page = await signedIn();
      const good = page.jar.valueOf('access');
      for (const cookie of [
        'latchkey_access',
        'access_token',
        '__Secure-latchkey_access',
        '__host-latchkey_access',
        `x${ACCESS}`,
        '__proto__',
      ]) {
        const answer = await page.get('/api/profile', { headers: { cookie: `${cookie}=${good}` } });
        expectProblem(answer, 401, 'TOKEN_MISSING');
      }
      for (const cookie of ['', ';', '=', ';;=;', ACCESS, `${';'.repeat(8000)}=`, '\u0080=\u00ff']) {
        expectProblem(await page.get('/api/profile', { headers: { cookie } }), 401, 'TOKEN_MISSING');
      }
    });

    it('is found by passport in the same places, and held to the same rules', async () => {
      const page = await signedIn();
      const cookie = page.jar.headerFor('/passport') ?? '';
      const call = (method: string, headers: Record<string, string>) =>
        server.call(method, '/passport', { headers });
      expect((await call('GET', { cookie })).status).toBe(200);
      const token = page.csrfToken ?? '';
      expect((await call('POST', { cookie, origin: ORIGIN, 'x-csrf-token': token })).status).toBe(201);
      for (const headers of [{ cookie }, { cookie, origin: ORIGIN }, { cookie, 'x-csrf-token': token }]) {
        expectProblem(await call('POST', headers), 403, 'CSRF_REJECTED');
      }
      const accessToken = page.jar.valueOf('access');
      expect((await call('POST', { authorization: `Bearer ${accessToken}` })).status).toBe(201);
      const twice = await call('GET', { cookie: `${cookie}; ${ACCESS}=x` });
      expect(twice.status).toBe(401);
      const wins = await call('GET', { cookie, authorization: 'Bearer nonsense' });
      expect(wins.status).toBe(401);
    });
  });

  it('tells the CSRF token to a browser with the cookie that it is in, also when the access token has expired', async () => {
    const page = await signedIn();
    expect((await page.get('/api/auth/csrf')).body).toEqual({ csrfToken: page.csrfToken });
    const forged = (page.csrfToken ?? '').replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const cookie of [undefined, `${CSRF}=${forged}`, `${CSRF}=x.y`, `${CSRF}=<script>`, `${CSRF}=`]) {
      expect((await page.get('/api/auth/csrf', { headers: { cookie } })).body).toEqual({ csrfToken: null });
    }
  });

  // Moves the clock, so it comes last.
  it('lasts as long as its tokens: the refresh cookie until the session’s idle end, and never beyond its age', async () => {
    const page = await signedIn();
    const idle = 6 * 86_400_000;
    for (let day = 6; day < 24; day += 6) {
      server.clock.advance(idle);
      expectProblem(await page.profile(), 401, 'TOKEN_EXPIRED');
      expect((await page.refresh()).cookies.map(({ maxAge }) => maxAge)).toEqual([900, 604_800, 604_800]);
    }
    server.clock.advance(idle + 1000);
    const [, refresh] = (await page.refresh()).cookies;
    expect(refresh?.maxAge).toBeLessThan(6 * 86_400);
    expect(refresh?.maxAge).toBeGreaterThan(6 * 86_400 - 60);
    server.clock.advance(idle + 1000);
    const expired = await page.refresh();
    expectProblem(expired, 401, 'REFRESH_TOKEN_EXPIRED');
    expectCleared(expired.cookies);
  });
});
