import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { InitialAdmin } from '../../../src/admin/initial-admin-account.js';
import { InitialAdminService } from '../../../src/admin/initial-admin.service.js';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { users } from '../../../src/users/users.table.js';
import { ADMIN_SCOPES } from '../../../src/users/role.js';
import type { Problem, SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/test-config.js';
import { describeOnEachStore } from '../support/databases.js';
import { fetchDocument, routesOf, withParameters } from '../support/openapi-document.js';
import { expectProblem } from '../support/problems.js';

const NEW_PASSWORD = 'purple monkey dishwasher tuesday';
const DAY = 86_400_000;

describeOnEachStore('the initial administrator', (environment) => {
  const secret = randomBytes(48).toString('base64');
  let directory: TemporaryDirectory;
  let server: TestApp;
  let admin: InitialAdmin;
  let first: SignedIn;

  const start = () =>
    startTestApp({
      dataDir: directory.path,
      environment: { ...environment(), APP_SECRET: secret, PUBLIC_URL: 'https://id.example.com' },
    });

  beforeAll(async () => {
    directory = temporaryDirectory();
    server = await start();
    if (!server.initialAdmin) throw new Error('There is no initial administrator.');
    admin = server.initialAdmin;
  });

  afterAll(async () => {
    await server.close();
    directory.remove();
  });

  // The tests follow one another: each goes on where the one before ended.

  it('is made on the first start, with a random password of which only the hash is kept', async () => {
    expect(admin).toEqual({
      email: 'admin@latchkey.local',
      password: expect.stringMatching(/^[\w-]{24}$/),
      expiresAt: expect.any(Date),
    });
    const rows = await server.app.get<Database>(DATABASE).select().from(users);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(admin.password);
  });

  it('logs in with it, and gets a token that is good for nothing but changing it', async () => {
    const answer = await server.api.login(admin.email, admin.password);
    expect(answer.status).toBe(200);
    first = answer.body;
    const claims = claimsOf(first.accessToken);
    expect([claims['roles'], claims['scope']]).toEqual([[], 'password:change']);
  });

  it('is refused everywhere else until the password is changed', async () => {
    const guarded = routesOf(await fetchDocument(server.url)).filter(
      ({ operation, path }) => operation.security && path !== '/api/auth/password/change',
    );
    const paths = guarded.map(({ path }) => path);
    for (const path of [
      '/api/auth/verify',
      '/api/profile',
      '/api/auth/logout',
      '/api/admin',
      '/api/auth/sessions',
    ]) {
      expect(paths).toContain(path);
    }
    for (const { method, path } of guarded) {
      const answer = await server.api.request<Problem>(method, withParameters(path), {
        token: first.accessToken,
      });
      expectProblem(answer, 403, 'INSUFFICIENT_SCOPE');
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="latchkey", error="insufficient_scope"/,
      );
      expect(answer.body.detail).toContain('password must be changed first');
      expect([...answer.headers.keys()].filter((name) => name.startsWith('x-auth-'))).toEqual([]);
    }
  });

  it('gets no more by refreshing or by logging in again', async () => {
    const login = await server.api.login(admin.email, admin.password);
    const refreshed = await server.api.refresh(login.body.refreshToken);
    for (const { accessToken } of [login.body, refreshed.body]) {
      expectProblem(await server.api.get('/api/admin', { token: accessToken }), 403, 'INSUFFICIENT_SCOPE');
    }
  });

  it('must choose another password, and a strong one', async () => {
    const change = (currentPassword: string, newPassword: string) =>
      server.api.post(
        '/api/auth/password/change',
        { currentPassword, newPassword },
        { token: first.accessToken },
      );
    expectProblem(await change(admin.password, admin.password), 400, 'PASSWORD_REJECTED');
    expectProblem(await change(admin.password, 'password123'), 400, 'PASSWORD_REJECTED');
    expectProblem(await change('wrong password', NEW_PASSWORD), 401, 'INVALID_CREDENTIALS');
    expect((await change(admin.password, NEW_PASSWORD)).status).toBe(204);
  });

  it('can do nothing with the old token or the old password after the change', async () => {
    const { api } = server;
    expectProblem(await api.get('/api/admin', { token: first.accessToken }), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await api.login(admin.email, admin.password), 401, 'INVALID_CREDENTIALS');
  });

  it('has the roles after the next login, or the next refresh of that session', async () => {
    const login = await server.api.login(admin.email, NEW_PASSWORD);
    expect(login.body.user.roles).toEqual(['admin', 'user']);
    const refreshed = await server.api.refresh(first.refreshToken);
    for (const { accessToken } of [login.body, refreshed.body]) {
      expect(claimsOf(accessToken)).toMatchObject({
        roles: ['admin', 'user'],
        scope: [...ADMIN_SCOPES, 'profile:read', 'profile:write'].toSorted().join(' '),
      });
      expect((await server.api.get('/api/admin', { token: accessToken })).status).toBe(200);
      expect((await server.api.profile(accessToken)).status).toBe(200);
    }
  });

  it('is made only once, however often the server starts', async () => {
    expect(await server.app.get(InitialAdminService).ensure()).toBeUndefined();
    await server.close();
    server = await start();
    expect(server.initialAdmin).toBeUndefined();
    expect((await server.api.login(admin.email, NEW_PASSWORD)).status).toBe(200);
    expectProblem(await server.api.login(admin.email, admin.password), 401, 'INVALID_CREDENTIALS');
  });
});

describeOnEachStore('a one-time password that has not been changed', (environment) => {
  const secret = randomBytes(48).toString('base64');
  let directory: TemporaryDirectory;
  let server: TestApp;
  let admin: InitialAdmin;

  const start = () =>
    startTestApp({
      dataDir: directory.path,
      environment: { ...environment(), APP_SECRET: secret, PUBLIC_URL: 'https://id.example.com' },
    });
  const login = (password: string) => server.api.login(admin.email, password);

  beforeAll(async () => {
    directory = temporaryDirectory();
    server = await start();
    admin = server.initialAdmin as InitialAdmin;
  });
  afterAll(async () => {
    await server.close();
    directory.remove();
  });

  // The tests follow one another.

  it('expires after a day: it is answered like any wrong one then, and cannot be changed', async () => {
    const { api, clock } = server;
    const early = (await login(admin.password)).body;
    clock.advance(admin.expiresAt.getTime() - clock.now() - 60_000);
    expect((await login(admin.password)).status).toBe(200);
    clock.advance(60_000);

    const [expired, wrong] = [await login(admin.password), await login('wrong password')];
    expectProblem(expired, 401, 'INVALID_CREDENTIALS');
    expect(expired.body).toEqual(wrong.body);
    const { accessToken: token } = (await api.refresh(early.refreshToken)).body;
    const change = { currentPassword: admin.password, newPassword: NEW_PASSWORD };
    expectProblem(await api.post('/api/auth/password/change', change, { token }), 401, 'INVALID_CREDENTIALS');
    expect(DAY - (admin.expiresAt.getTime() - Date.now())).toBeLessThan(10 * 60_000);
  });

  it('is replaced by the next start, once, and by no start before it has expired', async () => {
    const initial = server.app.get(InitialAdminService);
    const renewed = await Promise.all([1, 2, 3].map(() => initial.ensure()));
    const [next, ...others] = renewed.filter((each) => each !== undefined);
    expect(others).toEqual([]);
    expectProblem(await login(admin.password), 401, 'INVALID_CREDENTIALS');
    expect(next?.password).not.toBe(admin.password);
    expect((await login(next?.password ?? '')).status).toBe(200);
    expect(await initial.ensure()).toBeUndefined();
    admin = next as InitialAdmin;
  });

  it('is replaced for an operator at any time, and sessions opened with it end', async () => {
    const opened = (await login(admin.password)).body;
    const renewed = await server.app.get(InitialAdminService).renew();
    expectProblem(await login(admin.password), 401, 'INVALID_CREDENTIALS');
    expectProblem(await server.api.refresh(opened.refreshToken), 401, 'SESSION_ENDED');
    admin = renewed;
    const { accessToken: token } = (await login(renewed.password)).body;
    const change = { currentPassword: renewed.password, newPassword: NEW_PASSWORD };
    expect((await server.api.post('/api/auth/password/change', change, { token })).status).toBe(204);
  });

  it('is never replaced once the administrator has chosen one, which does not expire', async () => {
    const initial = server.app.get(InitialAdminService);
    await expect(initial.renew()).rejects.toThrow('There is no initial administrator who has not chosen');
    server.clock.advance(400 * DAY);
    expect(await initial.ensure()).toBeUndefined();
    expect((await login(NEW_PASSWORD)).body.user.roles).toEqual(['admin', 'user']);
  });
});

function claimsOf(accessToken: string): Record<string, unknown> {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
  return JSON.parse(payload) as Record<string, unknown>;
}
