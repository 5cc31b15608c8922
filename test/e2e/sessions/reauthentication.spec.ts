import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { PASSWORD, type SignedIn, type TokenPair } from '../../support/api-client.js';
import { CookieClient } from '../../support/cookie-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const MAX_AGE = 15 * 60_000;

describeOnEachStore('Ending other sessions', (environment) => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { ...environment(), ACCESS_TOKEN_TTL: '1d' } });
  });
  afterAll(async () => {
    await server.close();
  });

  const sidOf = ({ accessToken }: Pick<TokenPair, 'accessToken'>) => String(decodeJwt(accessToken)['sid']);
  const endOne = (token: string, other: TokenPair) =>
    server.api.request('DELETE', `/api/auth/sessions/${sidOf(other)}`, { token });
  const endOthers = (token: string) => server.api.request('DELETE', '/api/auth/sessions', { token });
  const reauthenticate = (token: string, password = PASSWORD) =>
    server.api.post('/api/auth/reauthenticate', { password }, { token });
  const isAlive = async ({ accessToken }: TokenPair) =>
    (await server.api.profile(accessToken)).status === 200;
  /** Two sessions that were opened a moment longer ago than is allowed. */
  const stale = async (): Promise<{ own: SignedIn; other: SignedIn }> => {
    const other = (await server.api.register()).body;
    const own = (await server.api.login(other.user.email)).body;
    server.clock.advance(MAX_AGE + 1000);
    return { own, other };
  };

  it('is allowed for as long after the login as is set, and not a moment longer', async () => {
    const other = (await server.api.register()).body;
    const own = (await server.api.login(other.user.email)).body;
    server.clock.advance(MAX_AGE - 5000);
    expect((await endOne(own.accessToken, other)).status).toBe(204);
    expect((await endOthers(own.accessToken)).status).toBe(204);
    server.clock.advance(6000);
    expectProblem(await endOthers(own.accessToken), 403, 'REAUTHENTICATION_REQUIRED');
  });

  it('needs that the password was shown lately: a session that was left open ends no other', async () => {
    const { own, other } = await stale();
    for (const answer of [await endOne(own.accessToken, other), await endOthers(own.accessToken)]) {
      expectProblem(answer, 403, 'REAUTHENTICATION_REQUIRED');
      // RFC 9470 section 3.
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="latchkey", error="insufficient_user_authentication", error_description="[^"]+", max_age="900"$/,
      );
    }
    expect(await isAlive(other)).toBe(true);
    expect((await server.api.get('/api/auth/sessions', { token: own.accessToken })).status).toBe(200);
  });

  it('is allowed again once the password was, with the same tokens and those after them', async () => {
    const { own, other } = await stale();
    expect((await reauthenticate(own.accessToken)).status).toBe(204);
    const refreshed = (await server.api.refresh(own.refreshToken)).body;
    expect((await endOne(own.accessToken, other)).status).toBe(204);
    expect((await endOthers(refreshed.accessToken)).status).toBe(204);
    expect(await isAlive(other)).toBe(false);
    server.clock.advance(MAX_AGE + 1000);
    expectProblem(await endOthers(refreshed.accessToken), 403, 'REAUTHENTICATION_REQUIRED');
  });

  it('is not allowed by a refresh, a wrong password, or what another session has shown', async () => {
    const { own, other } = await stale();
    const { accessToken } = (await server.api.refresh(own.refreshToken)).body;
    expectProblem(await reauthenticate(accessToken, 'wrong password'), 401, 'INVALID_CREDENTIALS');
    expect((await reauthenticate(other.accessToken)).status).toBe(204);
    expectProblem(await endOthers(accessToken), 403, 'REAUTHENTICATION_REQUIRED');
    expect(await isAlive(other)).toBe(true);
  });

  it('tells nothing of sessions before that', async () => {
    const { own } = await stale();
    const stranger = (await server.api.register()).body;
    for (const id of [sidOf(stranger), 'nonsense']) {
      const answer = await server.api.request('DELETE', `/api/auth/sessions/${id}`, {
        token: own.accessToken,
      });
      expectProblem(answer, 403, 'REAUTHENTICATION_REQUIRED');
    }
  });

  it('is not what a logout is: this session, or all, end without it', async () => {
    const first = await stale();
    expect((await endOne(first.own.accessToken, first.own)).status).toBe(204);
    expect(await isAlive(first.own)).toBe(false);
    const { own, other } = await stale();
    const everywhere = await server.api.post('/api/auth/logout-all', undefined, { token: own.accessToken });
    expect(everywhere.status).toBe(204);
    expect(await isAlive(other)).toBe(false);
  });

  it('by cookie, too', async () => {
    const page = new CookieClient(server.api, `http://localhost:${new URL(server.url).port}`);
    await page.register();
    server.clock.advance(MAX_AGE + 1000);
    expectProblem(await page.request('DELETE', '/api/auth/sessions'), 403, 'REAUTHENTICATION_REQUIRED');
    const forged = await page.post(
      '/api/auth/reauthenticate',
      { password: PASSWORD },
      { headers: { 'x-csrf-token': undefined } },
    );
    expectProblem(forged, 403, 'CSRF_REJECTED');
    expect((await page.post('/api/auth/reauthenticate', { password: PASSWORD })).status).toBe(204);
    expect((await page.request('DELETE', '/api/auth/sessions')).status).toBe(204);
  });

  it('is in the user’s audit log, wrong passwords as failures', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    await reauthenticate(token, 'wrong password');
    await reauthenticate(token);
    const { events } = (
      await server.api.get<{ events: { type: string; outcome: string }[] }>('/api/profile/audit', { token })
    ).body;
    const own = events.filter(({ type }) => type === 'session.reauthenticated');
    expect(own.map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
  });
});

describe('Showing the password again', () => {
  let server: TestApp;

  beforeAll(async () => {
    const environment = {
      ACCOUNT_FAILURES: '3',
      REAUTHENTICATION_RATE_LIMIT: '5/1m',
      REAUTHENTICATION_MAX_AGE: 'off',
      ACCESS_TOKEN_TTL: '1d',
    };
    server = await startTestApp({ environment });
    server.clock.hold();
  });
  afterAll(async () => {
    await server.close();
  });

  it('is slowed down for guesses, by session and by address', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    const codes: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      const answer = await server.api.post('/api/auth/reauthenticate', { password: 'guess' }, { token });
      codes.push(answer.body.code);
    }
    expect([...new Set(codes)]).toEqual(['INVALID_CREDENTIALS', 'ACCOUNT_THROTTLED', 'RATE_LIMITED']);
  });

  it('is never asked for where REAUTHENTICATION_MAX_AGE is off', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    server.clock.advance(20 * MAX_AGE);
    expect((await server.api.request('DELETE', '/api/auth/sessions', { token })).status).toBe(204);
  });
});
