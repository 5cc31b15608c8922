import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { expectProblem, fieldsOf } from '../support/problems.js';

interface Export {
  exportedAt: string;
  profile: Record<string, unknown>;
  sessions: { id: string; ip: string; device: string; current: boolean }[];
  pendingLinks: { purpose: string; email: string | null }[];
}

describeOnEachDatabase("A user's own data", (environment) => {
  let server: TestApp;
  let mails: CapturedMails;

  beforeAll(async () => {
    mails = new CapturedMails();
    server = await startTestApp({
      environment: environment(),
      overrides: { auth: { providers: [mails.provider] } },
    });
  });
  afterAll(() => server?.close());

  const register = async (): Promise<SignedIn> => (await server.api.register({ name: 'Ada' })).body;
  const remove = ({ accessToken }: SignedIn, password = PASSWORD) =>
    server.api.request('DELETE', '/api/profile', { token: accessToken, json: { password } });

  it('can be taken along: profile, sessions and pending links, without a secret', async () => {
    const account = await register();
    const { email, id } = account.user;
    await server.api.login(email);
    const newEmail = uniqueEmail();
    const json = { email: newEmail, password: PASSWORD };
    await server.api.post('/api/auth/email/change', json, { token: account.accessToken });
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
    expect(JSON.stringify(answer.body)).not.toMatch(/lk_|hash|\$bcrypt|secret|binding/i);
  });

  it('is given to nobody else', async () => {
    expectProblem(await server.api.get('/api/profile/export'), 401, 'TOKEN_MISSING');
    const [one, other] = [await register(), await register()];
    const { body } = await server.api.get('/api/profile/export', { token: one.accessToken });
    expect(JSON.stringify(body)).not.toContain(other.user.id);
  });

  it('is erased with the password: account, sessions and links, and access tokens die', async () => {
    const account = await register();
    const { email, id } = account.user;
    const other = (await server.api.login(email)).body;
    await server.api.post('/api/auth/password/forgot', { email });
    expect((await remove(account)).status).toBe(204);

    for (const { accessToken, refreshToken } of [account, other]) {
      expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
    }
    expectProblem(await server.api.login(email), 401, 'INVALID_CREDENTIALS');
    const json = { token: mails.token(email, 'password-reset'), password: 'purple monkey dishwasher' };
    expectProblem(await server.api.post('/api/auth/password/reset', json), 400, 'ONE_TIME_TOKEN_INVALID');
    const db = server.app.get<Database>(DATABASE);
    expect(await db.$count(oneTimeTokens, eq(oneTimeTokens.subject, id))).toBe(0);
    expect((await server.api.register({ email })).body.user.id).not.toBe(id);
  });

  it('stays where the password is wrong', async () => {
    const account = await register();
    expectProblem(await remove(account, 'wrong password'), 401, 'INVALID_CREDENTIALS');
    expect((await server.api.profile(account.accessToken)).status).toBe(200);
  });

  it('stays, and sessions go on, where it is that of the last administrator', async () => {
    const { email, password } = server.initialAdmin ?? { email: '', password: '' };
    const { accessToken } = (await server.api.login(email, password)).body;
    const json = { currentPassword: password, newPassword: PASSWORD };
    await server.api.post('/api/auth/password/change', json, { token: accessToken });
    const admin = (await server.api.login(email)).body;
    const answer = await remove(admin);

    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(fieldsOf(answer)).toEqual([]);
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
