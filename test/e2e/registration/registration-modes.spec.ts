import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { PasswordHasher } from '../../../src/auth/passwords/password-hasher.js';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { UsersService } from '../../../src/users/users.service.js';
import { ADMIN_SCOPES } from '../../../src/users/role.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const MINUTE = 60_000;
const STRANGERS_PASSWORD = 'the password of a stranger';
const OTHER_PASSWORD = 'purple monkey dishwasher tuesday';
/** The same for all servers of a database. */
const APP_SECRET = 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA';

describeOnEachStore('Registration', (environment) => {
  let server: TestApp;
  let mails: CapturedMails;

  const start = async (settings: Record<string, string>, dataDir?: string) => {
    mails = new CapturedMails();
    server = await startTestApp({
      environment: { ...environment(), APP_SECRET, MAIL_MIN_INTERVAL: '0s', ...settings },
      providers: [mails.provider],
      ...(dataDir !== undefined && { dataDir }),
    });
  };
  const post = (path: string, body: object, token?: string) =>
    server.api.post<SignedIn>(path, body, token === undefined ? {} : { token });
  const register = (email: string, password = PASSWORD) => post('/api/auth/register', { email, password });

  const admin = async (): Promise<string> => {
    const email = uniqueEmail();
    const passwordHash = await server.app.get(PasswordHasher).hash(PASSWORD);
    await server.app.get(UsersService).register({ name: null, email, passwordHash });
    await server.app.get(UserAdministrationService).grantRole(email, 'admin');
    return (await server.api.login(email)).body.accessToken;
  };

  describe('that verifies first', () => {
    beforeAll(() => start({ REGISTRATION: 'verify-first', MAIL_MIN_INTERVAL: '1m' }));
    afterAll(() => server?.close());

    const confirm = (token: string, password = PASSWORD) =>
      post('/api/auth/register/confirm', { token, password });
    const registered = async () => {
      const email = uniqueEmail();
      expect((await register(email)).status).toBe(202);
      const answer = await confirm(mails.token(email, 'email-verification'));
      expect(answer.status).toBe(201);
      return { email, ...answer.body };
    };

    it('makes no account before the address is proved, and then one that is verified', async () => {
      const email = uniqueEmail();
      const answer = await register(email);
      expect([answer.status, answer.body]).toEqual([202, '']);
      expectProblem(await server.api.login(email), 401, 'INVALID_CREDENTIALS');

      const confirmed = await confirm(mails.token(email, 'email-verification'));
      expect(confirmed.status).toBe(201);
      expect(confirmed.body.user).toMatchObject({ email, emailVerified: true, roles: ['user'] });
      expect((await server.api.profile(confirmed.body.accessToken)).status).toBe(200);
      expect((await server.api.login(email)).status).toBe(200);
    });

    it('answers an address with an account the same, and tells its owner by mail', async () => {
      const known = await registered();
      const answers = [await register(known.email, OTHER_PASSWORD), await register(uniqueEmail())];
      const telling = answers.map(({ status, headers, body }) => ({
        status,
        body,
        headers: [...headers].filter(([name]) => !['date', 'ratelimit', 'x-request-id'].includes(name)),
      }));
      expect(telling[0]).toEqual(telling[1]);
      expect(mails.to(known.email).at(-1)?.template).toBe('account-exists');
      expect((await server.api.login(known.email)).status).toBe(200);
      expectProblem(await server.api.login(known.email, OTHER_PASSWORD), 401, 'INVALID_CREDENTIALS');
    });

    it('is confirmed with the password that the reader of the mail chooses: a stranger who was first neither chooses it nor is in the way', async () => {
      const email = uniqueEmail();
      await post('/api/auth/register', { email, password: STRANGERS_PASSWORD, name: 'A Stranger' });
      server.clock.advance(2000);
      expect((await register(email)).status).toBe(202);
      expect(mails.to(email)).toHaveLength(1);
      const token = mails.token(email, 'email-verification');
      expectProblem(await confirm(token, 'password123'), 400, 'PASSWORD_REJECTED');
      const confirmed = await confirm(token);

      expect(confirmed.status).toBe(201);
      expect(confirmed.body.user).toMatchObject({ email, name: null });
      expect((await server.api.login(email)).status).toBe(200);
      expectProblem(await server.api.login(email, STRANGERS_PASSWORD), 401, 'INVALID_CREDENTIALS');
    });

    it('is confirmed by an older link, too, however often a stranger registers meanwhile, until there is the account', async () => {
      const email = uniqueEmail();
      await post('/api/auth/register', { email, password: PASSWORD, name: 'Ada' });
      const own = mails.token(email, 'email-verification');
      for (let minute = 1; minute <= 3; minute += 1) {
        server.clock.advance(2 ** (minute - 1) * MINUTE);
        await register(email, STRANGERS_PASSWORD);
        await register(email, STRANGERS_PASSWORD);
        expect(mails.to(email)).toHaveLength(1 + minute);
      }
      const last = mails.token(email, 'email-verification');
      const confirmed = await confirm(own);

      expect(confirmed.body.user).toMatchObject({ email, name: 'Ada' });
      expectProblem(await confirm(last, STRANGERS_PASSWORD), 400, 'ONE_TIME_TOKEN_INVALID');
      const db = server.app.get<Database>(DATABASE);
      expect(await db.$count(oneTimeTokens, eq(oneTimeTokens.subject, `address:${email}`))).toBe(0);
    });

    it('is confirmed by one of two links to an address at once', async () => {
      const email = uniqueEmail();
      await register(email);
      const first = mails.token(email, 'email-verification');
      server.clock.advance(MINUTE);
      await register(email);
      const second = mails.token(email, 'email-verification');
      const answers = await Promise.all([confirm(first), confirm(second)]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400]);
    });

    it('takes a token once, however many come at once', async () => {
      const email = uniqueEmail();
      await register(email);
      const token = mails.token(email, 'email-verification');
      const answers = await Promise.all(Array.from({ length: 8 }, () => confirm(token)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
        201,
        ...Array<number>(7).fill(400),
      ]);
    });

    it('refuses a password before anything is mailed, and tokens of another kind', async () => {
      const email = uniqueEmail();
      expectProblem(await register(email, 'password123'), 400, 'PASSWORD_REJECTED');
      expect(mails.to(email)).toEqual([]);
      const { email: known } = await registered();
      await post('/api/auth/password/forgot', { email: known });
      const reset = mails.token(known, 'password-reset');
      expectProblem(await confirm(reset), 400, 'ONE_TIME_TOKEN_INVALID');
    });
  });

  describe('by invitation only', () => {
    let token: string;

    beforeAll(async () => {
      await start({ REGISTRATION: 'invite-only' });
      token = await admin();
    });
    afterAll(() => server?.close());

    const invite = (email: string, by = token) =>
      post('/api/admin/invitations', { email, name: 'Grace Hopper' }, by);
    const accept = (invitation: string, password = PASSWORD) =>
      post('/api/auth/invitation/accept', { token: invitation, password });
    const accepted = async () => {
      const email = uniqueEmail();
      expect((await invite(email)).status).toBe(202);
      return { email, answer: await accept(mails.token(email, 'invitation')) };
    };

    it('refuses registration without an invitation', async () => {
      expectProblem(await register(uniqueEmail()), 403, 'REGISTRATION_CLOSED');
    });

    it('mails whom an administrator invites a link that sets the password', async () => {
      const { email, answer } = await accepted();
      expect(answer.status).toBe(201);
      expect(answer.body.user).toMatchObject({ email, name: 'Grace Hopper', emailVerified: true });
      expect((await server.api.login(email)).status).toBe(200);
    });

    it('takes an invitation once, the latest one, and with a password that the policy allows', async () => {
      const email = uniqueEmail();
      await invite(email);
      const first = mails.token(email, 'invitation');
      await invite(email);
      const second = mails.token(email, 'invitation');
      expectProblem(await accept(first), 400, 'ONE_TIME_TOKEN_INVALID');
      expectProblem(await accept(second, 'password123'), 400, 'PASSWORD_REJECTED');
      expect((await accept(second)).status).toBe(201);
      expectProblem(await accept(second), 400, 'ONE_TIME_TOKEN_INVALID');
    });

    it('tells the administrator alone that an address has an account', async () => {
      const { email, answer } = await accepted();
      expectProblem(await invite(email), 409, 'EMAIL_TAKEN');
      expectProblem(await invite(uniqueEmail(), answer.body.accessToken), 403, 'INSUFFICIENT_SCOPE');
      expectProblem(await invite('no address'), 400, 'VALIDATION_FAILED');
    });
  });

  it('that is closed refuses registrations and invitations', async () => {
    await start({ REGISTRATION: 'closed' });
    expectProblem(await register(uniqueEmail()), 403, 'REGISTRATION_CLOSED');
    const invitation = await post('/api/admin/invitations', { email: uniqueEmail() }, await admin());
    expectProblem(invitation, 403, 'REGISTRATION_CLOSED');
    await server.close();
  });

  it('that is closed by a restart makes no account of the links of before, and says why', async () => {
    const directory = temporaryDirectory();
    const [email, invited] = [uniqueEmail(), uniqueEmail()];
    await start({ REGISTRATION: 'verify-first' }, directory.path);
    await register(email);
    await post('/api/admin/invitations', { email: invited }, await admin());
    const link = { token: mails.token(email, 'email-verification'), password: PASSWORD };
    const invitation = { token: mails.token(invited, 'invitation'), password: PASSWORD };
    await server.close();

    for (const mode of ['closed', 'invite-only']) {
      await start({ REGISTRATION: mode }, directory.path);
      expectProblem(await post('/api/auth/register/confirm', link), 403, 'REGISTRATION_CLOSED');
      expect(await server.app.get(UsersRepository).findByEmail(email)).toBeUndefined();
      if (mode === 'closed') {
        expectProblem(await post('/api/auth/invitation/accept', invitation), 403, 'REGISTRATION_CLOSED');
      }
      await server.close();
    }
    await start({ REGISTRATION: 'open' }, directory.path);
    expect((await post('/api/auth/register/confirm', link)).status).toBe(201);
    expect((await post('/api/auth/invitation/accept', invitation)).status).toBe(201);
    await server.close();
    directory.remove();
  });

  it('gives a user whose address is not verified no more than UNVERIFIED_SCOPES, until it is', async () => {
    await start({ UNVERIFIED_SCOPES: 'profile:read' });
    const { user, accessToken, refreshToken } = (await server.api.register()).body;
    const scopesOf = async (token: string) => {
      const { headers } = await server.api.get('/api/auth/verify', { token });
      return [headers.get('x-auth-roles'), headers.get('x-auth-scopes')];
    };
    expect(await scopesOf(accessToken)).toEqual(['', 'profile:read']);

    await post('/api/auth/email/verify', {
      token: mails.token(user.email, 'email-verification'),
      password: PASSWORD,
    });
    const refreshed = await server.api.refresh(refreshToken);
    expect(await scopesOf(refreshed.body.accessToken)).toEqual(['user', 'profile:read profile:write']);
    const administrator = await scopesOf(await admin());
    expect(administrator).toEqual([
      'admin,user',
      [...ADMIN_SCOPES, 'profile:read', 'profile:write'].toSorted().join(' '),
    ]);
    await server.close();
  });

  it('asks for no scope on its own routes: UNVERIFIED_SCOPES is for other services and a team’s own', async () => {
    await start({ UNVERIFIED_SCOPES: 'none' });
    const { accessToken: token } = (await server.api.register()).body;
    expect((await server.api.profile(token)).status).toBe(200);
    const renamed = await server.api.request('PATCH', '/api/profile', { token, json: { name: 'Ada' } });
    expect(renamed.status).toBe(200);
    await server.close();
  });
});
