import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { startTestApp } from '../../support/test-app.js';
import { startExtendedApp } from '../access/extended-app.js';
import { describeOnEachCombination } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

interface Server {
  readonly api: ApiClient;
  close(): Promise<void>;
}

describeOnEachCombination('the main job', (environment) => {
  mainJobOf(() => startTestApp({ environment: environment() }));
});

describe('the main job, on Express', () => {
  mainJobOf(async () => {
    const server = await startExtendedApp('Express');
    return { api: new ApiClient(server.url), close: () => server.close() };
  });
});

function mainJobOf(start: () => Promise<Server>): void {
  let server: Server;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(async () => {
    await server.close();
  });

  it('registers, calls, refreshes, logs out, and the access token dies with the session', async () => {
    const { api } = server;
    const registered = await api.register({ name: 'Ada Lovelace', email: 'Ada@Example.com' });
    expect(registered.status).toBe(201);
    expect(registered.body.user).toMatchObject({
      name: 'Ada Lovelace',
      email: 'Ada@Example.com',
      emailVerified: false,
      roles: ['user'],
    });
    expect((await api.login('ada@example.COM')).status).toBe(200);

    const refreshed = await api.refresh(registered.body.refreshToken);
    expect(refreshed.status).toBe(200);
    const token = refreshed.body.accessToken;
    expect((await api.profile(token)).body).toEqual(registered.body.user);

    expect((await api.post('/api/auth/logout', undefined, { token })).status).toBe(204);
    expectProblem(await api.profile(token), 401, 'TOKEN_REVOKED');
    expectProblem(await api.profile(registered.body.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await api.refresh(refreshed.body.refreshToken), 401, 'SESSION_ENDED');
  });

  it('answers registration and login with the user and a pair of tokens, and nothing else', async () => {
    const email = uniqueEmail();
    for (const answer of [await server.api.register({ email }), await server.api.login(email)]) {
      expect(answer.body).toEqual({
        user: {
          id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
          name: null,
          email,
          emailVerified: false,
          roles: ['user'],
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        },
        accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        refreshToken: expect.stringMatching(/^lk_rt_[\w-]+$/),
        tokenType: 'Bearer',
        expiresIn: 900,
      });
    }
  });

  it('gives an address once, in whatever case it is written, also to two callers at once', async () => {
    const email = uniqueEmail();
    const answers = await Promise.all([
      server.api.register({ email }),
      server.api.register({ email: email.toUpperCase() }),
    ]);
    expect(answers.map((answer) => String(answer.status)).sort()).toEqual(['201', '409']);
    expectProblem(await server.api.register({ email }), 409, 'EMAIL_TAKEN');
  });

  it('lets users change their names, and nothing else', async () => {
    const { accessToken: token, user } = (await server.api.register({ name: 'Ada' })).body;
    const renamed = await server.api.request('PATCH', '/api/profile', { token, json: { name: 'Ada King' } });
    expect([renamed.status, renamed.body]).toEqual([200, { ...user, name: 'Ada King' }]);
    expect((await server.api.profile(token)).body).toEqual({ ...user, name: 'Ada King' });
    const promoted = await server.api.request('PATCH', '/api/profile', {
      token,
      json: { name: 'A', roles: ['admin'] },
    });
    expectProblem(promoted, 400, 'VALIDATION_FAILED');
  });

  it('changes a password: the other sessions end, this one goes on, and only the new one logs in', async () => {
    const { api } = server;
    const { user, accessToken: token, refreshToken } = (await api.register()).body;
    const other = (await api.login(user.email)).body;
    const newPassword = 'purple monkey dishwasher tuesday';
    const change = (currentPassword: string, next: string) =>
      api.post('/api/auth/password/change', { currentPassword, newPassword: next }, { token });

    expectProblem(await change('wrong password', newPassword), 401, 'INVALID_CREDENTIALS');
    expectProblem(await change(PASSWORD, PASSWORD), 400, 'PASSWORD_REJECTED');
    expect((await change(PASSWORD, newPassword)).status).toBe(204);

    expect((await api.profile(token)).status).toBe(200);
    expect((await api.refresh(refreshToken)).status).toBe(200);
    expectProblem(await api.profile(other.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await api.refresh(other.refreshToken), 401, 'SESSION_ENDED');
    expectProblem(await api.login(user.email, PASSWORD), 401, 'INVALID_CREDENTIALS');
    expect((await api.login(user.email, newPassword)).status).toBe(200);
  });

  it('answers a refresh token once, and ends the session whose older token is used', async () => {
    const { api } = server;
    const first = (await api.register()).body;
    const second = (await api.refresh(first.refreshToken)).body;
    // The one just replaced answers with the same successor for a moment.
    expect((await api.refresh(first.refreshToken)).body.refreshToken).toBe(second.refreshToken);
    const third = (await api.refresh(second.refreshToken)).body;
    expectProblem(await api.refresh(first.refreshToken), 401, 'REFRESH_TOKEN_REUSED');
    expectProblem(await api.refresh(third.refreshToken), 401, 'SESSION_ENDED');
    expectProblem(await api.profile(third.accessToken), 401, 'TOKEN_REVOKED');
  });

  it('refuses what is not JSON with a problem', async () => {
    const answer = await server.api.request('POST', '/api/auth/login', { body: '{' });
    expectProblem(answer, 400, 'MALFORMED_JSON');
    expectProblem(await server.api.post('/api/auth/login', { email: 1 }), 400, 'VALIDATION_FAILED');
  });
}
