import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { UnitOfWork } from '../../../src/common/unit-of-work.js';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { OAuthConsents } from '../../../src/oauth/consents/oauth-consents.js';
import { knownDevices } from '../../../src/tokens/devices/device-history.table.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import type { CapturedMails } from '../../support/captured-mails.js';
import type { TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';
import { AccountFlows } from './account-flows.js';

interface Export {
  exportedAt: string;
  profile: Record<string, unknown>;
  sessions: { id: string; ip: string; device: string; current: boolean; endedAt: string | null }[];
  pendingLinks: { purpose: string; email: string | null }[];
  linkedIdentities: object[];
  consents: object[];
  knownDevices: { firstSeenAt: string; lastSeenAt: string }[];
  auditEvents: { type: string; by: string; ip: string | null }[];
  olderAuditEvents: string | null;
}

describeOnEachStore("A user's own data", (environment) => {
  let flows: AccountFlows;
  let server: TestApp;
  let mails: CapturedMails;

  beforeAll(async () => {
    flows = await AccountFlows.start({ ...environment(), OAUTH: 'off' });
    ({ server, mails } = flows);
  });
  afterAll(() => flows?.close());

  const register = () => flows.register({ name: 'Ada' });
  const remove = (account: SignedIn, password = PASSWORD) => flows.deleteAccount(account, password);
  const exported = async ({ accessToken: token }: SignedIn) =>
    (await server.api.get<Export>('/api/profile/export', { token })).body;

  it('can be taken along: profile, sessions and pending links, without a secret', async () => {
    const account = await register();
    const { email, id } = account.user;
    await server.api.login(email);
    const newEmail = uniqueEmail();
    await flows.changeEmail(account, newEmail);
    const answer = await server.api.get<Export>('/api/profile/export', { token: account.accessToken });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="account.json"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { profile, sessions, pendingLinks } = answer.body;
    expect(profile).toMatchObject({ id, email, name: 'Ada', roles: ['user'], emailVerifiedAt: null });
    expect(sessions).toHaveLength(2);
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ ip: '127.0.0.1', device: 'node' });
    expect(pendingLinks).toMatchObject([
      { purpose: 'email-change', email: newEmail },
      { purpose: 'email-verification', email: null },
    ]);
    expect(answer.body.knownDevices).toHaveLength(1);
    expect(answer.body.linkedIdentities).toEqual([]);
    expect(JSON.stringify(answer.body)).not.toMatch(/lk_|hash|\$bcrypt|secret|binding/i);
  });

  it('tells what other applications were allowed, and that goes with the account', async () => {
    const [account, other] = [await register(), await register()];
    const consents = server.app.get(OAuthConsents, { strict: false });
    await server.app.get(UnitOfWork).run(async (transaction) => {
      await consents.allow(account.user.id, 'gone', ['openid', 'email'], transaction);
      await consents.allow(other.user.id, 'gone', ['openid'], transaction);
    });
    const createdAt = expect.any(String);
    expect((await exported(account)).consents).toEqual([
      { clientId: 'gone', name: 'gone', scopes: ['openid', 'email'], createdAt },
    ]);
    await remove(account);
    expect(await consents.listOf(account.user.id)).toEqual([]);
    await server.app.get(UserAdministrationService).delete(other.user.email);
    expect(await consents.listOf(other.user.id)).toEqual([]);
  });

  it('tells of sessions that have ended and of what the audit log holds, where from included', async () => {
    const account = await register();
    const other = (await server.api.login(account.user.email)).body;
    await server.api.post('/api/auth/logout', undefined, { token: other.accessToken });
    await server.api.login(account.user.email, 'wrong password');
    const { sessions, auditEvents, olderAuditEvents } = await exported(account);

    expect(sessions).toHaveLength(2);
    expect(sessions.map(({ endedAt }) => endedAt === null)).toEqual([true, false]);
    expect(auditEvents.map(({ type }) => type)).toEqual([
      'login.failed',
      'session.ended',
      'login.succeeded',
      'login.succeeded',
      'user.registered',
    ]);
    expect(new Set(auditEvents.map(({ ip }) => ip))).toEqual(new Set(['127.0.0.1']));
    expect(olderAuditEvents).toBeNull();
  });

  it('tells of what one did to others as well', async () => {
    const account = await register();
    await server.app.get(UserAdministrationService).grantRole(account.user.email, 'admin');
    const admin = (await server.api.login(account.user.email)).body;
    const options = { token: admin.accessToken };
    await server.api.post('/api/admin/invitations', { email: uniqueEmail() }, options);

    expect((await exported(admin)).auditEvents[0]).toMatchObject({ type: 'user.invited', by: 'you' });
    await server.app.get(UserAdministrationService).withdrawRole(account.user.email, 'admin');
  });

  it('is not changed once the account is disabled, also where that comes between', async () => {
    const { user, accessToken: token } = await register();
    const users = server.app.get(UsersRepository);
    const findById = users.findById.bind(users);
    jest.spyOn(users, 'findById').mockImplementationOnce(async (id) => {
      const found = await findById(id);
      await users.setDisabled(id, true);
      return found;
    });

    const answer = await server.api.request('PATCH', '/api/profile', { token, json: { name: 'Eve' } });
    expectProblem(answer, 403, 'ACCOUNT_DISABLED');
    expect((await findById(user.id))?.name).toBe('Ada');
  });

  it('is given to no other user', async () => {
    expectProblem(await server.api.get('/api/profile/export'), 401, 'TOKEN_MISSING');
    const [one, other] = [await register(), await register()];
    const { body } = await server.api.get('/api/profile/export', { token: one.accessToken });
    expect(JSON.stringify(body)).not.toContain(other.user.id);
  });

  it('is erased with the password: account, sessions and links, and access tokens die', async () => {
    const account = await register();
    const { email, id } = account.user;
    const other = (await server.api.login(email)).body;
    await flows.forgot(email);
    expect((await remove(account)).status).toBe(204);

    for (const { accessToken, refreshToken } of [account, other]) {
      expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    }
    expectProblem(await server.api.login(email), 401, 'INVALID_CREDENTIALS');
    expectProblem(await flows.reset(mails.token(email, 'password-reset')), 400, 'ONE_TIME_TOKEN_INVALID');
    const db = server.app.get<Database>(DATABASE);
    expect(await db.$count(oneTimeTokens, eq(oneTimeTokens.subject, id))).toBe(0);
    expect(await db.$count(knownDevices, eq(knownDevices.subject, id))).toBe(0);
    expect(await server.app.get(SessionsService).listPast(id, 10)).toEqual([]);
    expect(mails.discarded).toContain(id);
    expect((await server.api.register({ email })).body.user.id).not.toBe(id);
  });

  it('is erased with a last mail to its proved address, which is told from where', async () => {
    const unproved = await register();
    await remove(unproved);
    expect(mails.to(unproved.user.email, 'account-deleted')).toEqual([]);

    const account = await register();
    await flows.verifyEmail(mails.token(account.user.email, 'email-verification'));
    await remove(account, 'wrong password');
    expect(mails.to(account.user.email, 'account-deleted')).toEqual([]);
    await remove(account);

    expect(mails.to(account.user.email, 'account-deleted')).toHaveLength(1);
    expect(mails.last(account.user.email, 'account-deleted')).toMatchObject({ name: 'Ada', ip: '127.0.0.1' });
    expect(mails.to(account.user.email).at(-1)?.account).toBeUndefined();
  });

  it('stays where the password is wrong', async () => {
    const account = await register();
    expectProblem(await remove(account, 'wrong password'), 401, 'INVALID_CREDENTIALS');
    expect((await server.api.profile(account.accessToken)).status).toBe(200);
  });

  it('stays, and sessions go on, where it is that of the last administrator', async () => {
    const { email, password } = server.initialAdmin ?? { email: '', password: '' };
    const { accessToken } = (await server.api.login(email, password)).body;
    await flows.changePassword({ accessToken }, PASSWORD, password);
    const admin = (await server.api.login(email)).body;
    const answer = await remove(admin);

    expectProblem(answer, 409, 'LAST_ADMINISTRATOR');
    expect((await server.api.refresh(admin.refreshToken)).status).toBe(200);
  });

  it('is erased once, by requests that race each other, logins and refreshes', async () => {
    const account = await register();
    const { email } = account.user;
    const [logins, refreshes, removals] = await Promise.all([
      Promise.all([server.api.login(email), server.api.login(email)]),
      server.api.refresh(account.refreshToken),
      Promise.all([remove(account), remove(account), remove(account)]),
    ]);

    expect(removals.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(removals.filter(({ status }) => status >= 500)).toEqual([]);
    for (const { status, body } of [...logins, refreshes]) {
      if (status === 200) expectProblem(await server.api.profile(body.accessToken), 401, 'TOKEN_REVOKED');
    }
  });
});
