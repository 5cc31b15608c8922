import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { AuditLog } from '../../../src/audit/audit-log.js';
import {
  type AnswerDecision,
  type ChallengeAnswer,
  type Login,
  type LoginDecision,
  LoginGate,
  OneTimeTokensRepository,
  SessionsService,
  UnavailableError,
  UsersRepository,
} from '../../../src/index.js';
import { PASSWORD, type Problem, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { CookieClient } from '../../support/cookie-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

const MINUTE = 60_000;
const NEW_PASSWORD = 'purple monkey dishwasher tuesday';

interface Challenged extends Problem {
  challengeToken: string;
  challenges: { kind: string; parameters: object }[];
  expiresIn: number;
}

/** Decides as each test says. */
class ScriptedGate extends LoginGate {
  readonly logins: Login[] = [];
  readonly answers: ChallengeAnswer[] = [];
  decides!: (login: Login) => LoginDecision | Promise<LoginDecision>;
  checks!: (answer: ChallengeAnswer) => AnswerDecision | Promise<AnswerDecision>;

  reset(): void {
    this.logins.length = 0;
    this.answers.length = 0;
    this.decides = () => ({ outcome: 'allow' });
    this.checks = () => ({ outcome: 'wrong' });
  }

  /** Asks for a code, which is told to no client. */
  asksForCode(code = '492039', lifetime?: number): void {
    this.decides = () => ({
      outcome: 'challenge',
      challenges: [{ kind: 'code', parameters: { digits: 6 }, state: { code } }],
      ...(lifetime !== undefined && { lifetime }),
    });
    this.checks = ({ state, answer }) =>
      answer === state['code'] ? { outcome: 'allow', methods: ['otp'] } : { outcome: 'wrong' };
  }

  decide(login: Login) {
    this.logins.push(login);
    return this.decides(login);
  }

  override check(answer: ChallengeAnswer) {
    this.answers.push(answer);
    return this.checks(answer);
  }
}

describe('A login gate', () => {
  const gate = new ScriptedGate();
  const mails = new CapturedMails();
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ACCOUNT_FAILURES: '3', MAIL_MIN_INTERVAL: '0s' },
      providers: [{ provide: LoginGate, useValue: gate }, mails.provider],
    });
    server.clock.hold();
  });
  beforeEach(() => gate.reset());
  afterAll(() => server?.close());

  const registered = async () => {
    const decides = gate.decides;
    gate.decides = () => ({ outcome: 'allow' });
    const answer = await server.api.register();
    gate.decides = decides;
    expect(answer.status).toBe(201);
    gate.logins.length = 0;
    return answer.body;
  };
  const sessionsOf = ({ user }: { user: { id: string } }) =>
    server.app.get(SessionsService).listOpen(user.id, { limit: 100 });
  const challenged = async (email: string) => {
    const answer = await server.api.post<Challenged>('/api/auth/login', { email, password: PASSWORD });
    expectProblem(answer, 401, 'LOGIN_CHALLENGE_REQUIRED');
    return answer.body;
  };
  const complete = (challengeToken: string, answer = '492039', kind = 'code') =>
    server.api.post<SignedIn & Challenged>('/api/auth/login/challenge', { challengeToken, kind, answer });
  const eventsOf = async (subject: string) => {
    const { events } = await server.app.get(AuditLog).find({ concerning: subject, limit: 20 });
    return events.map(({ type, outcome, details }) => Object.assign({ type, outcome }, details));
  };

  describe('that allows', () => {
    it('is told who logs in, from where and by what, once the password was right and not before', async () => {
      const { user } = await registered();
      await server.api.login(user.email, 'wrong');
      await server.api.login(uniqueEmail());
      expect(gate.logins).toEqual([]);
      expect((await server.api.login(user.email)).status).toBe(200);
      expect(gate.logins).toMatchObject([
        {
          user: { id: user.id, email: user.email, roles: ['user'] },
          client: { ip: '127.0.0.1', userAgent: expect.any(String) },
          credential: 'password',
        },
      ]);
    });

    it('is told of a device that logged in before', async () => {
      const { user } = await registered();
      const first = await server.api.login(user.email);
      const cookie = first.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
      const json = { email: user.email, password: PASSWORD };
      await server.api.post('/api/auth/login', json, { headers: { cookie } });
      expect(gate.logins.map(({ deviceId }) => typeof deviceId)).toEqual(['undefined', 'string']);
    });

    it('may say how the user showed who they are, for the audit log', async () => {
      const { user } = await registered();
      gate.decides = () => ({ outcome: 'allow', methods: ['pwd', 'geo'] });
      await server.api.login(user.email);
      expect((await eventsOf(user.id))[0]).toEqual({
        type: 'login.succeeded',
        outcome: 'success',
        methods: ['pwd', 'geo'],
      });
    });
  });

  describe('that denies', () => {
    beforeEach(() => {
      gate.decides = () => ({ outcome: 'deny', reason: 'OFFICE_ONLY', message: 'Come to the office.' });
    });

    it('opens no session, and gives its own reason, to a caller who knows the password', async () => {
      const account = await registered();
      const denied = await server.api.login(account.user.email);
      expectProblem(denied, 403, 'LOGIN_DENIED');
      expect(denied.body).toMatchObject({ reason: 'OFFICE_ONLY', detail: 'Come to the office.' });
      expect(denied.headers.getSetCookie()).toEqual([]);
      expect(await sessionsOf(account)).toHaveLength(1);
      expectProblem(await server.api.login(account.user.email, 'wrong'), 401, 'INVALID_CREDENTIALS');
      expect((await eventsOf(account.user.id)).slice(0, 2)).toMatchObject([
        { type: 'login.failed', outcome: 'failure', reason: 'wrong_credentials' },
        { type: 'login.failed', outcome: 'failure', reason: 'denied', denial: 'OFFICE_ONLY' },
      ]);
    });

    it('denies the first session of an account that registers, which is there', async () => {
      const email = uniqueEmail();
      const denied = await server.api.register({ email });
      expectProblem(denied, 403, 'LOGIN_DENIED');
      expect(denied.headers.getSetCookie()).toEqual([]);
      expect(gate.logins.map(({ credential }) => credential)).toEqual(['registration']);
      const user = await server.app.get(UsersRepository).findByEmail(email);
      expect(await sessionsOf({ user: { id: user?.id ?? '' } })).toEqual([]);
      gate.decides = () => ({ outcome: 'allow' });
      expect((await server.api.login(email)).status).toBe(200);
    });

    it('denies the first session of an account that is made by an invitation', async () => {
      const admin = await registered();
      await server.app.get(UserAdministrationService).grantRole(admin.user.email, 'admin');
      gate.decides = () => ({ outcome: 'allow' });
      const { accessToken: token } = (await server.api.login(admin.user.email)).body;
      const email = uniqueEmail();
      await server.api.post('/api/admin/invitations', { email }, { token });
      gate.reset();
      gate.decides = () => ({ outcome: 'deny', reason: 'OFFICE_ONLY' });
      const link = { token: mails.token(email, 'invitation'), password: PASSWORD };
      expectProblem(await server.api.post('/api/auth/invitation/accept', link), 403, 'LOGIN_DENIED');
      expect(gate.logins.map(({ credential }) => credential)).toEqual(['invitation']);
    });

    it('is not asked where no session is opened: refresh, reauthentication, a change of the password', async () => {
      const account = await registered();
      const { accessToken: token } = account;
      expect((await server.api.refresh(account.refreshToken)).status).toBe(200);
      const again = await server.api.post('/api/auth/reauthenticate', { password: PASSWORD }, { token });
      expect(again.status).toBe(204);
      const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      expect((await server.api.post('/api/auth/password/change', change, { token })).status).toBe(204);
      expect(gate.logins).toEqual([]);
    });
  });

  describe('that challenges', () => {
    beforeEach(() => gate.asksForCode());

    it('opens no session, and tells the client what to answer, but not what the answer is', async () => {
      const account = await registered();
      const json = { email: account.user.email, password: PASSWORD };
      const answer = await server.api.post<Challenged>('/api/auth/login', json);
      expectProblem(answer, 401, 'LOGIN_CHALLENGE_REQUIRED');
      expect(answer.body.challenges).toEqual([{ kind: 'code', parameters: { digits: 6 } }]);
      expect(answer.body.expiresIn).toBe(300);
      expect(JSON.stringify(answer.body)).not.toContain('492039');
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await sessionsOf(account)).toHaveLength(1);
      const kept = await server.app
        .get(OneTimeTokensRepository)
        .findAll(account.user.id, new Date(server.clock.now()));
      expect(kept.map(({ purpose }) => purpose)).toContain('login-challenge');
      expect(JSON.stringify(kept)).not.toMatch(/492039|"code"/);
    });

    it('opens the session when the answer is right, and writes both halves down', async () => {
      const account = await registered();
      const { challengeToken } = await challenged(account.user.email);
      const answer = await complete(challengeToken);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ user: account.user, tokenType: 'Bearer', expiresIn: 900 });
      expect(answer.headers.getSetCookie()[0]).toMatch(/^lk_device=/);
      expect((await server.api.profile(answer.body.accessToken)).status).toBe(200);
      expect((await server.api.refresh(answer.body.refreshToken)).status).toBe(200);
      expect(gate.answers).toMatchObject([
        {
          kind: 'code',
          state: { code: '492039' },
          login: { credential: 'password', client: { ip: '127.0.0.1' } },
        },
      ]);
      expect((await eventsOf(account.user.id)).slice(0, 2)).toMatchObject([
        { type: 'login.succeeded', methods: ['otp'] },
        { type: 'login.challenged', outcome: 'success' },
      ]);
    });

    it('takes a challenge once, and of two right answers at once one', async () => {
      const account = await registered();
      const { challengeToken } = await challenged(account.user.email);
      const both = await Promise.all([complete(challengeToken), complete(challengeToken)]);
      expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
      expect(both.find(({ status }) => status === 401)?.body.code).toBe('LOGIN_CHALLENGE_INVALID');
      expectProblem(await complete(challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');
      expect(await sessionsOf(account)).toHaveLength(2);
    });

    it('lets a wrong answer be followed by the right one', async () => {
      const { user } = await registered();
      const { challengeToken } = await challenged(user.email);
      expectProblem(await complete(challengeToken, '000000'), 401, 'LOGIN_CHALLENGE_FAILED');
      expect((await complete(challengeToken)).status).toBe(200);
      expect((await eventsOf(user.id))[1]).toMatchObject({ type: 'login.failed', reason: 'wrong_answer' });
    });

    it('waits for an answer as long as it says, and a quarter of an hour at most', async () => {
      const { user } = await registered();
      const { challengeToken } = await challenged(user.email);
      server.clock.advance(5 * MINUTE);
      expectProblem(await complete(challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');
      gate.asksForCode('492039', 2 * MINUTE);
      expect((await challenged(user.email)).expiresIn).toBe(120);
      gate.asksForCode('492039', 60 * MINUTE);
      const long = await challenged(user.email);
      expect(long.expiresIn).toBe(900);
      server.clock.advance(15 * MINUTE);
      expectProblem(await complete(long.challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');
    });

    it("takes no other account's answer, and neither an altered token nor one of another kind", async () => {
      const [ada, eve] = [await registered(), await registered()];
      gate.asksForCode('111111');
      const ofAda = await challenged(ada.user.email);
      gate.asksForCode('222222');
      const ofEve = await challenged(eve.user.email);
      expectProblem(await complete(ofAda.challengeToken, '222222'), 401, 'LOGIN_CHALLENGE_FAILED');
      expect((await complete(ofEve.challengeToken, '222222')).body.user.id).toBe(eve.user.id);
      const altered = ofAda.challengeToken.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
      const mailed = mails.token(ada.user.email, 'email-verification');
      for (const token of [altered, mailed, 'lk_ot_', ada.refreshToken])
        expectProblem(await complete(token, '111111'), 401, 'LOGIN_CHALLENGE_INVALID');
      const reset = { token: ofAda.challengeToken, password: NEW_PASSWORD };
      expectProblem(await server.api.post('/api/auth/password/reset', reset), 400, 'ONE_TIME_TOKEN_INVALID');
      expect((await complete(ofAda.challengeToken, '111111')).status).toBe(200);
    });

    it('goes on with logins on two devices beside each other', async () => {
      const { user } = await registered();
      const [first, second] = [await challenged(user.email), await challenged(user.email)];
      expect((await complete(first.challengeToken)).status).toBe(200);
      expect((await complete(second.challengeToken)).status).toBe(200);
    });

    it('ends with the password, and with the account', async () => {
      const { user, accessToken: token } = await registered();
      const before = await challenged(user.email);
      const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      expect((await server.api.post('/api/auth/password/change', change, { token })).status).toBe(204);
      expectProblem(await complete(before.challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');

      const other = await registered();
      const { challengeToken } = await challenged(other.user.email);
      const accounts = server.app.get(UserAdministrationService);
      await accounts.disable(other.user.email);
      expectProblem(await complete(challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');
      await accounts.enable(other.user.email);
      expectProblem(await complete(challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');
      expect(gate.answers).toEqual([]);
    });

    it('waits, too, while a team’s own store of users says that the account is disabled', async () => {
      const { user } = await registered();
      const { challengeToken } = await challenged(user.email);
      const users = server.app.get(UsersRepository);
      await users.setDisabled(user.id, true);
      expectProblem(await complete(challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');
      expect(gate.answers).toEqual([]);
      await users.setDisabled(user.id, false);
      expect((await complete(challengeToken)).status).toBe(200);
    });

    it('makes wrong answers wait by account, whichever login they are of, and leaves the password alone', async () => {
      const { user } = await registered();
      const tokens: string[] = [];
      for (let at = 0; at < 4; at += 1) tokens.push((await challenged(user.email)).challengeToken);
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, at) => complete(tokens[at % 4] ?? '', `00000${at % 10}`)),
      );
      expect(gate.answers).toHaveLength(3);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(9);
      const fresh = await challenged(user.email);
      const waiting = await complete(fresh.challengeToken);
      expectProblem(waiting, 429, 'ACCOUNT_THROTTLED');
      expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await eventsOf(user.id)).filter(({ type }) => type === 'account.throttled')).toHaveLength(1);
      server.clock.advance(2000);
      expect((await complete(fresh.challengeToken)).status).toBe(200);
    });

    it('completes the first session of an account', async () => {
      const email = uniqueEmail();
      const answer = await server.api.post<Challenged>('/api/auth/register', { email, password: PASSWORD });
      expectProblem(answer, 401, 'LOGIN_CHALLENGE_REQUIRED');
      const completed = await complete(answer.body.challengeToken);
      expect([completed.status, completed.body.user.email]).toEqual([200, email]);
      expect(gate.answers[0]?.login.credential).toBe('registration');
      expect(mails.to(email, 'new-device')).toEqual([]);
    });

    it('offers several kinds, of which the one that is named is checked', async () => {
      const { user } = await registered();
      gate.decides = () => ({
        outcome: 'challenge',
        challenges: [
          { kind: 'totp', state: { code: '1' } },
          { kind: 'recovery', state: { code: '2' } },
          { kind: 'app' },
        ],
      });
      const { challengeToken, challenges } = await challenged(user.email);
      expect(challenges.map(({ kind }) => kind)).toEqual(['totp', 'recovery', 'app']);
      const other = await complete(challengeToken, '1', 'sms');
      expectProblem(other, 400, 'VALIDATION_FAILED');
      expect(other.body.errors).toEqual([{ field: 'kind', message: 'kind must be totp or recovery or app' }]);
      expectProblem(await complete(challengeToken, '1', 'recovery'), 401, 'LOGIN_CHALLENGE_FAILED');
      expectProblem(await complete(challengeToken, '1', 'app'), 401, 'LOGIN_CHALLENGE_FAILED');
      expect((await complete(challengeToken, '2', 'recovery')).status).toBe(200);
      expect(gate.answers.map(({ kind, state }) => [kind, state])).toEqual([
        ['recovery', { code: '2' }],
        ['app', {}],
        ['recovery', { code: '2' }],
      ]);
    });

    it('may ask for yet more, or deny, when it has an answer', async () => {
      const account = await registered();
      const first = await challenged(account.user.email);
      gate.checks = ({ kind }) =>
        kind === 'code'
          ? { outcome: 'challenge', challenges: [{ kind: 'terms' }] }
          : { outcome: 'deny', reason: 'TERMS_REFUSED' };
      const second = await complete(first.challengeToken);
      expectProblem(second, 401, 'LOGIN_CHALLENGE_REQUIRED');
      expectProblem(await complete(first.challengeToken), 401, 'LOGIN_CHALLENGE_INVALID');
      const denied = await complete(second.body.challengeToken, 'no', 'terms');
      expectProblem(denied, 403, 'LOGIN_DENIED');
      expect(denied.body).toMatchObject({ reason: 'TERMS_REFUSED' });
      expect(await sessionsOf(account)).toHaveLength(1);
    });

    it('is no link of the user, whose data are exported without it', async () => {
      const { user, accessToken: token } = await registered();
      await challenged(user.email);
      const { body } = await server.api.get<{ pendingLinks: { purpose: string }[] }>('/api/profile/export', {
        token,
      });
      expect(body.pendingLinks.map(({ purpose }) => purpose)).toEqual(['email-verification']);
    });
  });

  describe('that fails', () => {
    it.each([
      [
        'cannot know',
        () => Promise.reject(new UnavailableError('The risk engine does not answer.')),
        503,
        'UNAVAILABLE',
      ],
      ['throws', () => Promise.reject(new Error('a fault of ours')), 500, 'INTERNAL'],
      ['says nothing', () => ({}) as never, 500, 'INTERNAL'],
      ['says something else', () => ({ outcome: 'maybe' }) as never, 500, 'INTERNAL'],
      ['challenges with nothing', () => ({ outcome: 'challenge', challenges: [] }) as const, 500, 'INTERNAL'],
    ])('lets no caller in when it %s, at login and at the answer', async (_, fails, status, code) => {
      const account = await registered();
      gate.decides = fails;
      expectProblem(await server.api.login(account.user.email), status, code);
      gate.asksForCode();
      const { challengeToken } = await challenged(account.user.email);
      gate.checks = fails;
      expectProblem(await complete(challengeToken), status, code);
      expect(await sessionsOf(account)).toHaveLength(1);
    });

    it('takes wrong for no decision about a login', async () => {
      const account = await registered();
      gate.decides = () => ({ outcome: 'wrong' }) as never;
      expectProblem(await server.api.login(account.user.email), 500, 'INTERNAL');
      expect(await sessionsOf(account)).toHaveLength(1);
    });

    it('holds no failure against the account', async () => {
      const { user } = await registered();
      gate.asksForCode();
      const { checks } = gate;
      const { challengeToken } = await challenged(user.email);
      gate.checks = () => Promise.reject(new UnavailableError());
      for (let at = 0; at < 4; at += 1) await complete(challengeToken);
      gate.checks = checks;
      expect((await complete(challengeToken)).status).toBe(200);
    });
  });
});

describe('A login gate, with cookies', () => {
  const gate = new ScriptedGate();
  const mails = new CapturedMails();
  const ORIGIN = 'https://auth.example.com';
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { PUBLIC_URL: ORIGIN, REGISTRATION: 'verify-first' },
      providers: [{ provide: LoginGate, useValue: gate }, mails.provider],
    });
    server.clock.hold();
  });
  beforeEach(() => gate.reset());
  afterAll(() => server?.close());

  const newPage = () => new CookieClient(server.api, ORIGIN);
  const registered = async () => {
    const email = uniqueEmail();
    await server.api.register({ email });
    const link = { token: mails.token(email, 'email-verification'), password: PASSWORD };
    expect((await server.api.post('/api/auth/register/confirm', link)).status).toBe(201);
    return email;
  };
  const complete = (page: CookieClient, challengeToken: string, headers: Record<string, string> = {}) =>
    page.post<SignedIn>(
      '/api/auth/login/challenge',
      { challengeToken, kind: 'code', answer: '492039' },
      { headers: { 'x-auth-mode': 'cookie', ...headers } },
    );
  const challenged = async (page: CookieClient, email: string) => {
    const answer = await page.login(email);
    expectProblem(answer, 401, 'LOGIN_CHALLENGE_REQUIRED');
    expect(answer.cookies).toEqual([]);
    return (answer.body as unknown as Challenged).challengeToken;
  };

  it('puts the tokens of a completed login into cookies, and ends the session whose cookies they replace', async () => {
    const [ada, eve] = [await registered(), await registered()];
    const page = newPage();
    await page.login(eve);
    const { sessions } = { sessions: page.otherTab() };
    gate.asksForCode();
    const token = await challenged(page, ada);
    expect((await page.profile()).body.email).toBe(eve);
    const completed = await complete(page, token);
    expect(completed.status).toBe(200);
    expect(completed.body).not.toHaveProperty('accessToken');
    expect(completed.cookies.map(({ name }) => name)).toContain('__Host-latchkey_access');
    expect((await page.profile()).body.email).toBe(ada);
    expectProblem(await sessions.profile(), 401, 'TOKEN_REVOKED');
  });

  it("refuses another site that completes a login of its own in a visitor's browser", async () => {
    const email = await registered();
    gate.asksForCode();
    const token = await challenged(newPage(), email);
    const visitor = newPage();
    const forged = await complete(visitor, token, {
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
    });
    expectProblem(forged, 403, 'CSRF_REJECTED');
    expect(forged.cookies).toEqual([]);
    expect(gate.answers).toEqual([]);
  });

  it('denies the first session of an account whose address was proved', async () => {
    const email = uniqueEmail();
    await server.api.register({ email });
    gate.decides = () => ({ outcome: 'deny', reason: 'NOT_YET' });
    const link = { token: mails.token(email, 'email-verification'), password: PASSWORD };
    expectProblem(await server.api.post('/api/auth/register/confirm', link), 403, 'LOGIN_DENIED');
    expect(gate.logins.map(({ credential }) => credential)).toEqual(['confirmation']);
  });
});
