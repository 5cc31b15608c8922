import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { CookieClient } from '../../support/cookie-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachCombination } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

const NEW_PASSWORD = 'purple monkey dishwasher tuesday';
const LIMIT = 3;

let clients = 0;
/** One that has not been counted yet. */
const newClient = () => {
  clients += 1;
  return { 'x-forwarded-for': `10.2.${clients >> 8}.${clients & 255}` };
};

describeOnEachCombination('The main paths of an account', (environment) => {
  let server: TestApp;
  let mails: CapturedMails;

  beforeAll(async () => {
    mails = new CapturedMails();
    server = await startTestApp({
      environment: {
        ...environment(),
        REGISTRATION: 'verify-first',
        TRUST_PROXY: '1',
        LOGIN_RATE_LIMIT: `${LIMIT}/1m`,
        ACCOUNT_FAILURES: '2',
        ACCOUNT_DELAY_MAX: '15m',
        MAIL_MIN_INTERVAL: '0s',
      },
      providers: [mails.provider],
    });
    server.clock.hold();
  });
  afterAll(() => server.close());

  const register = async (): Promise<SignedIn> => {
    const email = uniqueEmail();
    expect((await server.api.register({ email })).status).toBe(202);
    const confirmed = await server.api.post<SignedIn>('/api/auth/register/confirm', {
      token: mails.token(email, 'email-verification'),
      password: PASSWORD,
    });
    expect(confirmed.status).toBe(201);
    return confirmed.body;
  };
  const logIn = (email: string, password = PASSWORD, headers = newClient()) =>
    server.api.post<SignedIn>('/api/auth/login', { email, password }, { headers });
  const typesOf = async (token: string): Promise<string[]> => {
    const page = await server.api.get<{ events: { type: string }[] }>('/api/profile/audit', { token });
    return page.body.events.map(({ type }) => type);
  };

  it('registration, sessions, reset, change of address and deletion, with their audit log', async () => {
    const { user, ...first } = await register();
    const other = (await logIn(user.email)).body;
    const list = await server.api.get<unknown[]>('/api/auth/sessions', { token: other.accessToken });
    expect(list.body).toHaveLength(2);
    await server.api.request('DELETE', '/api/auth/sessions', { token: other.accessToken });
    expectProblem(await server.api.profile(first.accessToken), 401, 'TOKEN_REVOKED');

    await server.api.post('/api/auth/password/forgot', { email: user.email });
    const token = mails.token(user.email, 'password-reset');
    const reset = () => server.api.post('/api/auth/password/reset', { token, password: NEW_PASSWORD });
    const uses = await Promise.all([reset(), reset(), reset()]);
    expect(uses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 400, 400]);
    expectProblem(await server.api.refresh(other.refreshToken), 401, 'SESSION_ENDED');
    const mine = (await logIn(user.email, NEW_PASSWORD)).body;

    const email = uniqueEmail();
    const wish = { email, password: NEW_PASSWORD };
    await server.api.post('/api/auth/email/change', wish, { token: mine.accessToken });
    const confirmation = { token: mails.token(email, 'email-change'), password: NEW_PASSWORD };
    expect((await server.api.post('/api/auth/email/confirm', confirmation)).status).toBe(204);
    const recorded = await typesOf(mine.accessToken);
    for (const type of ['user.registered', 'session.ended', 'password.reset', 'email.changed'])
      expect(recorded).toContain(type);

    const { refreshToken } = (await server.api.refresh(mine.refreshToken)).body;
    await server.api.refresh(refreshToken);
    expectProblem(await server.api.refresh(mine.refreshToken), 401, 'REFRESH_TOKEN_REUSED');
    const { accessToken } = (await logIn(email, NEW_PASSWORD)).body;
    expect(await typesOf(accessToken)).toContain('session.refresh_reused');
    const deletion = { json: { password: NEW_PASSWORD }, token: accessToken };
    expect((await server.api.request('DELETE', '/api/profile', deletion)).status).toBe(204);
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
  });

  it('a browser’s cookies: signing in, calling, refreshing in two tabs, a forged request, logging out', async () => {
    const { user } = await register();
    const page = new CookieClient(server.api, `http://localhost:${new URL(server.url).port}`);
    expect((await page.login(user.email, newClient())).status).toBe(200);
    const tab = page.otherTab();
    const refreshed = await Promise.all([page.refresh(), tab.refresh()]);
    expect(refreshed.map(({ status }) => status)).toEqual([200, 200]);
    const forged = await page.post('/api/auth/logout', {}, { headers: { origin: 'https://evil.example' } });
    expectProblem(forged, 403, 'CSRF_REJECTED');
    await eventually(async () => {
      const token = page.jar.valueOf('access');
      expect(await typesOf(token)).toContain('csrf.rejected');
    });
    expect((await tab.profile()).status).toBe(200);
    expect((await page.post('/api/auth/logout')).status).toBe(204);
    expectProblem(await tab.profile(), 401, 'TOKEN_REVOKED');
  });

  it('limits by address and by account, which end', async () => {
    const { user } = await register();
    const one = newClient();
    const tries = await Promise.all(
      Array.from({ length: 2 * LIMIT }, () => logIn(uniqueEmail(), 'wrong', one)),
    );
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(LIMIT);

    for (let time = 0; time < 2; time += 1)
      expectProblem(await logIn(user.email, 'wrong'), 401, 'INVALID_CREDENTIALS');
    expectProblem(await logIn(user.email), 429, 'ACCOUNT_THROTTLED');
    server.clock.advance(1_000);
    expect((await logIn(user.email)).status).toBe(200);
  });

  it('an administrator’s view of the audit log', async () => {
    const { user } = await register();
    await server.app.get(UserAdministrationService).grantRole(user.email, 'admin');
    const token = (await logIn(user.email)).body.accessToken;
    const path = `/api/admin/audit?type=role.granted&subject=${user.id}`;
    const page = await server.api.get<{ events: object[] }>(path, { token });
    expect(page.body.events).toMatchObject([{ actor: { kind: 'operator' }, details: { role: 'admin' } }]);
  });
});
