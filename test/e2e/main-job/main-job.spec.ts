import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/test-app.js';

describe('the main job', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp();
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
      roles: ['user'],
    });
    expect((await api.login('ada@example.COM')).status).toBe(200);

    const refreshed = await api.refresh(registered.body.refreshToken);
    expect(refreshed.status).toBe(200);
    const token = refreshed.body.accessToken;
    expect((await api.profile(token)).body.id).toBe(registered.body.user.id);

    expect((await api.post('/api/auth/logout', undefined, { token })).status).toBe(204);
    const after = await api.profile(token);
    expect([after.status, after.body.code]).toEqual([401, 'TOKEN_REVOKED']);
    expect((await api.profile(registered.body.accessToken)).body.code).toBe('TOKEN_REVOKED');
    expect((await api.refresh(refreshed.body.refreshToken)).body.code).toBe('SESSION_ENDED');
  });
});
