import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import type { SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const BOUND = 3;

describeOnEachStore('SESSIONS_PER_USER', (environment) => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { ...environment(), SESSIONS_PER_USER: String(BOUND) } });
  });
  afterAll(async () => {
    await server.close();
  });

  const login = async (email: string): Promise<SignedIn> => (await server.api.login(email)).body;
  const listOf = async ({ accessToken }: SignedIn) =>
    (await server.api.get<object[]>('/api/auth/sessions', { token: accessToken })).body;
  const statusOf = async ({ accessToken }: SignedIn) => (await server.api.profile(accessToken)).status;

  it('ends the session used longest ago at the login beyond it, and the audit log says why', async () => {
    const first = (await server.api.register()).body;
    const { email, id } = first.user;
    const second = await login(email);
    server.clock.advance(1000);
    const refreshed = { ...first, ...(await server.api.refresh(first.refreshToken)).body };
    const third = await login(email);
    server.clock.advance(1000);
    expect(await Promise.all([refreshed, second, third].map(statusOf))).toEqual([200, 200, 200]);

    const fourth = await login(email);
    expectProblem(await server.api.profile(second.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(second.refreshToken), 401, 'SESSION_ENDED');
    expect(await Promise.all([refreshed, third, fourth].map(statusOf))).toEqual([200, 200, 200]);
    expect(await listOf(fourth)).toHaveLength(BOUND);

    const admin = (await server.api.register()).body.user.email;
    await server.app.get(UserAdministrationService).grantRole(admin, 'admin');
    const { accessToken: token } = await login(admin);
    const { body } = await server.api.get<{ events: object[] }>(
      `/api/admin/audit?type=session.ended&subject=${id}`,
      { token },
    );
    expect(body.events).toMatchObject([
      { actor: { kind: 'user', id }, details: { reason: 'too_many_sessions', sessions: 1 } },
    ]);
  });

  it('holds for logins at once: as many stay as it says, and the others are dead', async () => {
    const { email } = (await server.api.register()).body.user;
    const all = await Promise.all(Array.from({ length: 12 }, () => login(email)));
    const statuses = await Promise.all(all.map(statusOf));
    const alive = all.filter((_, index) => statuses[index] === 200);
    expect(alive).toHaveLength(BOUND);
    expect(statuses.filter((status) => status === 401)).toHaveLength(12 - BOUND);
    for (const session of alive) expect(await listOf(session)).toHaveLength(BOUND);
  });

  it('counts each user for themselves', async () => {
    const users = await Promise.all([1, 2].map(async () => (await server.api.register()).body));
    const more = await Promise.all(users.map(({ user }) => login(user.email)));
    expect(await Promise.all([...users, ...more].map(statusOf))).toEqual([200, 200, 200, 200]);
  });
});
