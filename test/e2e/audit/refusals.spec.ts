import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import type { AuditEvent } from '../../support/audit-event.js';
import { type ApiResponse, PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { CookieClient } from '../../support/cookie-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

const MINUTE = 60_000;
/** More than any other test here asks for. */
const QUOTA = 20;
const BAD_TOKEN = `lk_ot_${'A'.repeat(43)}`;
const AGENT = 'audited/1.0';

let networks = 0;
/** An address that has sent no request before. */
const newClient = () => {
  networks += 1;
  return { 'x-forwarded-for': `10.1.${networks >> 8}.${networks & 255}`, 'user-agent': AGENT };
};

/** Where an event of a request comes from. */
const origin = (headers: ReturnType<typeof newClient>, answer: ApiResponse) => ({
  ip: headers['x-forwarded-for'],
  userAgent: AGENT,
  requestId: answer.headers.get('x-request-id'),
});

describeOnEachStore('What is refused', (environment) => {
  let server: TestApp;
  let mails: CapturedMails;
  let admin: string;
  let warned: jest.Spied<Logger['warn']>;

  beforeAll(async () => {
    mails = new CapturedMails();
    server = await startTestApp({
      environment: {
        ...environment(),
        TRUST_PROXY: '1',
        LOGIN_RATE_LIMIT: `${QUOTA}/1m`,
        ACCOUNT_FAILURES: '2',
        ACCESS_TOKEN_TTL: '1d',
        MAIL_MIN_INTERVAL: '0s',
      },
      providers: [mails.provider],
    });
    server.clock.hold();
    const { user } = (await server.api.register()).body;
    await server.app.get(UserAdministrationService).grantRole(user.email, 'admin');
    admin = (await server.api.login(user.email)).body.accessToken;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const read = async (query: Record<string, string>): Promise<AuditEvent[]> => {
    const path = `/api/admin/audit?${new URLSearchParams({ limit: '100', ...query }).toString()}`;
    return (await server.api.get<{ events: AuditEvent[] }>(path, { token: admin })).body.events;
  };
  /** The latest first; no refused request waits for them. */
  const eventsOnceThere = async (query: Record<string, string>, count: number): Promise<AuditEvent[]> => {
    let events: AuditEvent[] = [];
    await eventually(async () => {
      events = await read(query);
      expect(events.length).toBeGreaterThanOrEqual(count);
    });
    return events;
  };
  const idOf = ({ headers }: ApiResponse) => headers.get('x-request-id');
  const linesWith = (requestId: string | null): string[] =>
    (warned.mock.calls as [unknown][])
      .map(([line]) => line as { message: string; requestId?: string })
      .filter((line) => line.requestId === requestId)
      .map(({ message }) => message);
  const sessionOf = ({ accessToken }: Pick<SignedIn, 'accessToken'>) => String(decodeJwt(accessToken)['sid']);
  const page = () => new CookieClient(server.api, `http://localhost:${new URL(server.url).port}`);

  it.each([
    ['/api/auth/password/reset', 'password.reset', { password: PASSWORD }],
    ['/api/auth/email/verify', 'email.verified', {}],
    ['/api/auth/email/confirm', 'email.changed', {}],
    ['/api/auth/register/confirm', 'user.registered', { password: PASSWORD }],
    ['/api/auth/invitation/accept', 'invitation.accepted', { password: PASSWORD }],
  ])('as a one-time token by %s is recorded each time, without the token', async (path, type, fields) => {
    const headers = newClient();
    const answers = [];
    for (let time = 0; time < 2; time += 1)
      answers.push(await server.api.post(path, { token: BAD_TOKEN, ...fields }, { headers }));
    for (const answer of answers) expectProblem(answer, 400, 'ONE_TIME_TOKEN_INVALID');
    const ip = headers['x-forwarded-for'];
    const events = await eventsOnceThere({ type, ip }, 2);

    expect(new Set(events.map(({ requestId }) => requestId))).toEqual(new Set(answers.map(idOf)));
    expect(events).toHaveLength(2);
    for (const event of events)
      expect(event).toMatchObject({
        outcome: 'failure',
        actor: { kind: 'anonymous' },
        subject: null,
        ip,
        userAgent: AGENT,
        details: { reason: 'invalid_token' },
      });
    expect(JSON.stringify(events)).not.toContain(BAD_TOKEN.slice(-20));
  });

  it('as a refresh token is recorded once a minute for each client', async () => {
    const headers = newClient();
    const refresh = () => server.api.post('/api/auth/refresh', { refreshToken: 'lk_rt_forged' }, { headers });
    const query = { type: 'session.refresh_refused', ip: headers['x-forwarded-for'] };
    const first = await refresh();
    expectProblem(first, 401, 'REFRESH_TOKEN_INVALID');
    for (let time = 0; time < 5; time += 1) await refresh();
    server.clock.advance(MINUTE);
    const later = await refresh();
    const events = await eventsOnceThere(query, 2);

    expect(events.map(({ requestId, details, outcome }) => [requestId, outcome, details])).toEqual([
      [idOf(later), 'failure', { reason: 'invalid_token' }],
      [idOf(first), 'failure', { reason: 'invalid_token' }],
    ]);
  });

  it('as a refresh token of a cookie is recorded, too', async () => {
    const headers = newClient();
    const forger = page();
    await forger.register();
    forger.jar.set('refresh', 'lk_rt_forged');
    const answer = await forger.refresh({ headers });
    expectProblem(answer, 401, 'REFRESH_TOKEN_INVALID');

    const query = { type: 'session.refresh_refused', ip: headers['x-forwarded-for'] };
    expect(await eventsOnceThere(query, 1)).toMatchObject([{ requestId: idOf(answer) }]);
  });

  describe('as forged', () => {
    it('is recorded for its victim, and logged by its route with the request’s id, once a minute', async () => {
      const victim = page();
      const { user } = (await victim.register()).body;
      const forged = { origin: 'https://evil.example', ...newClient() };
      const path = '/api/auth/sessions/0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10';
      const first = await victim.request('DELETE', path, { headers: forged });
      expectProblem(first, 403, 'CSRF_REJECTED');
      for (let time = 0; time < 5; time += 1) await victim.post('/api/auth/logout', {}, { headers: forged });
      const other = await victim.post('/api/auth/logout', {}, { headers: { 'x-csrf-token': 'wrong' } });
      expectProblem(other, 403, 'CSRF_REJECTED');
      const events = await eventsOnceThere({ type: 'csrf.rejected', subject: user.id }, 2);

      const sessionId = sessionOf({ accessToken: victim.jar.valueOf('access') });
      expect(events).toHaveLength(2);
      expect(events.toReversed()).toMatchObject([
        {
          outcome: 'failure',
          actor: { kind: 'anonymous' },
          sessionId,
          ip: forged['x-forwarded-for'],
          userAgent: AGENT,
          requestId: idOf(first),
          details: { reason: 'foreign_source' },
        },
        { requestId: idOf(other), details: { reason: 'wrong_token' } },
      ]);
      expect(linesWith(idOf(first))).toEqual([
        '403 DELETE /api/auth/sessions/:id: refused (foreign_source).',
      ]);
      expect(JSON.stringify(warned.mock.calls)).not.toContain('0c7a4a3e');
    });

    it('is recorded where it would open a session', async () => {
      const headers = newClient();
      const answer = await page().login(uniqueEmail(), { origin: 'https://evil.example', ...headers });
      expectProblem(answer, 403, 'CSRF_REJECTED');

      const events = await eventsOnceThere({ type: 'csrf.rejected', ip: headers['x-forwarded-for'] }, 1);
      expect(events).toMatchObject([{ subject: null, requestId: idOf(answer) }]);
    });
  });

  describe('for its address', () => {
    const logIn = (headers: ReturnType<typeof newClient>) =>
      server.api.post('/api/auth/login', { email: uniqueEmail(), password: 'wrong' }, { headers });
    const spendQuota = async (headers: ReturnType<typeof newClient>) => {
      for (let time = 0; time < QUOTA; time += 1)
        expectProblem(await logIn(headers), 401, 'INVALID_CREDENTIALS');
      const refused = await logIn(headers);
      expectProblem(refused, 429, 'RATE_LIMITED');
      return refused;
    };

    it('is recorded and logged once in a window, however many requests', async () => {
      const headers = newClient();
      const first = await spendQuota(headers);
      for (let time = 0; time < 5; time += 1) expectProblem(await logIn(headers), 429, 'RATE_LIMITED');
      // What is recorded of another client after them shows that all of theirs has been.
      const last = newClient();
      await spendQuota(last);
      await eventsOnceThere({ type: 'rate_limit.exceeded', ip: last['x-forwarded-for'] }, 1);

      expect(await read({ type: 'rate_limit.exceeded', ip: headers['x-forwarded-for'] })).toMatchObject([
        {
          outcome: 'failure',
          actor: { kind: 'anonymous' },
          subject: null,
          details: { reason: 'login' },
          ...origin(headers, first),
        },
      ]);
      // Redis counts the seconds by a clock of its own.
      expect(linesWith(idOf(first))).toEqual([
        expect.stringMatching(/^The quota of one client is spent \(login, (60|[1-5]?\d) s\)\.$/),
      ]);
    });

    it('is recorded once of all networks of an IPv6 site', async () => {
      const from = (network: number) => ({
        'x-forwarded-for': `2001:db8:77:${network}::1`,
        'user-agent': AGENT,
      });
      const first = await spendQuota(from(1));
      await spendQuota(from(2));
      await spendQuota(from(3));
      const last = newClient();
      await spendQuota(last);
      await eventsOnceThere({ type: 'rate_limit.exceeded', ip: last['x-forwarded-for'] }, 1);

      const events = await read({ type: 'rate_limit.exceeded' });
      const ofSite = events.filter(({ ip }) => ip?.startsWith('2001:db8:77:'));
      expect(ofSite.map(({ requestId }) => requestId)).toEqual([idOf(first)]);
    });
  });

  describe('while an account waits', () => {
    const throttledOf = async (subject: string, count: number) =>
      (await eventsOnceThere({ type: 'login.failed', subject }, count)).filter(
        ({ details }) => details['reason'] === 'throttled',
      );

    it('is recorded and logged once in each time of waiting, however many tries', async () => {
      const { user } = (await server.api.register()).body;
      const logIn = () =>
        server.api.post(
          '/api/auth/login',
          { email: user.email, password: 'wrong' },
          { headers: newClient() },
        );
      await logIn();
      await logIn();
      const refused = await Promise.all(Array.from({ length: 10 }, logIn));
      for (const answer of refused) expectProblem(answer, 429, 'ACCOUNT_THROTTLED');
      const first = await throttledOf(user.id, 3);
      expect(first).toMatchObject([
        {
          outcome: 'failure',
          actor: { kind: 'anonymous' },
          details: { reason: 'throttled', identifier: expect.stringMatching(/^[\w-]{16}$/) },
        },
      ]);
      expect(linesWith(first[0]?.requestId ?? null)).toEqual([
        'Passwords of one account are not looked at for 1 s.',
      ]);

      server.clock.advance(1_000);
      expectProblem(await logIn(), 401, 'INVALID_CREDENTIALS');
      expectProblem(await logIn(), 429, 'ACCOUNT_THROTTLED');
      expect(await throttledOf(user.id, 5)).toHaveLength(2);
    });

    it('is recorded of an address without account in the same way', async () => {
      const email = uniqueEmail();
      const headers = newClient();
      const logIn = () => server.api.post('/api/auth/login', { email, password: 'wrong' }, { headers });
      for (let time = 0; time < 3; time += 1) await logIn();
      const events = await eventsOnceThere({ type: 'login.failed', ip: headers['x-forwarded-for'] }, 3);

      expect(events.map(({ subject, details }) => [subject, details['reason']])).toContainEqual([
        null,
        'throttled',
      ]);
    });

    it('is recorded of a session whose bearer guesses', async () => {
      const { user, accessToken: token } = (await server.api.register()).body;
      const remove = () =>
        server.api.request('DELETE', '/api/profile', { json: { password: 'wrong' }, token });
      for (let time = 0; time < 2; time += 1) expectProblem(await remove(), 401, 'INVALID_CREDENTIALS');
      for (let time = 0; time < 3; time += 1) expectProblem(await remove(), 429, 'ACCOUNT_THROTTLED');
      const events = await eventsOnceThere({ type: 'user.deleted', subject: user.id }, 3);

      expect(events.map(({ details }) => String(details['reason'])).toSorted()).toEqual([
        'throttled',
        'wrong_credentials',
        'wrong_credentials',
      ]);
    });
  });

  it('as a refresh token used again is logged with the request’s id', async () => {
    const first = (await server.api.register()).body;
    const second = (await server.api.refresh(first.refreshToken)).body;
    await server.api.refresh(second.refreshToken);
    const answer = await server.api.refresh(first.refreshToken);
    expectProblem(answer, 401, 'REFRESH_TOKEN_REUSED');

    expect(linesWith(idOf(answer))).toEqual([
      `A refresh token was used again (reuse_stale); session ${sessionOf(first)} has been ended.`,
    ]);
  });

  it('as the guess that makes an account wait is logged with the request’s id', async () => {
    const { user } = (await server.api.register()).body;
    await server.api.login(user.email, 'wrong');
    const answer = await server.api.login(user.email, 'wrong');
    await eventsOnceThere({ type: 'account.throttled', subject: user.id }, 1);

    expect(linesWith(idOf(answer))).toEqual(['Wrong passwords of one account make it wait from now on.']);
  });

  describe('and what is done is told from where and of what:', () => {
    it('other sessions were ended', async () => {
      const { user, accessToken: token } = (await server.api.register()).body;
      await server.api.login(user.email);
      const headers = newClient();
      const answer = await server.api.request('DELETE', '/api/auth/sessions', { token, headers });
      expect(answer.status).toBe(204);

      const ended = await read({ type: 'session.ended', subject: user.id });
      expect(ended).toMatchObject([{ ...origin(headers, answer), details: { reason: 'ended_by_user' } }]);
    });

    it('a session was ended by a login that replaces its cookies', async () => {
      const browser = page();
      const { user } = (await browser.register()).body;
      const headers = newClient();
      const answer = await browser.login(user.email, headers);
      expect(answer.status).toBe(200);

      const ended = await read({ type: 'session.ended', subject: user.id });
      expect(ended).toMatchObject([{ ...origin(headers, answer), details: { reason: 'logout' } }]);
    });

    it('an address was changed: the old and the new one, by hashes that logins are told by, too', async () => {
      const { user, accessToken: token } = (await server.api.register()).body;
      const next = uniqueEmail();
      await server.api.login(user.email, 'wrong');
      await server.api.post('/api/auth/email/change', { email: next, password: PASSWORD }, { token });
      const confirmed = await server.api.post('/api/auth/email/confirm', {
        token: mails.token(next, 'email-change'),
        password: PASSWORD,
      });
      expect(confirmed.status).toBe(204);
      await server.api.login(next, 'wrong');
      const [after, before] = await read({ type: 'login.failed', subject: user.id });
      const details = {
        identifier: after?.details['identifier'],
        previousIdentifier: before?.details['identifier'],
      };

      expect(details.identifier).toMatch(/^[\w-]{16}$/);
      expect(details.identifier).not.toBe(details.previousIdentifier);
      for (const type of ['email.change_requested', 'email.changed']) {
        const events = await read({ type, subject: user.id });
        expect(events.map((event) => event.details)).toEqual([details]);
        expect(JSON.stringify(events)).not.toContain(next);
      }
    });
  });
});
