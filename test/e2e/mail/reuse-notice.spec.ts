import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readOutbox } from '../../support/read-outbox.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

describeOnEachStore('A refresh token that is used again', (environment) => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { ...environment(), REFRESH_GRACE: '0s' } });
  });

  afterAll(() => server?.close());

  it('is reported to its user by mail, once a session', async () => {
    const { user, refreshToken } = (await server.api.register()).body;
    expect((await server.api.refresh(refreshToken)).status).toBe(200);
    expectProblem(await server.api.refresh(refreshToken), 401, 'REFRESH_TOKEN_REUSED');
    expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');

    const reused = { to: user.email, template: 'refresh-token-reused' } as const;
    const [notice] = await readOutbox(server.dataDir, { ...reused, atLeast: 1 });
    expect(notice?.text).toContain('127.0.0.1');
    // What follows is written after it.
    await server.api.post('/api/auth/password/forgot', { email: user.email });
    await readOutbox(server.dataDir, { to: user.email, template: 'password-reset', atLeast: 1 });
    expect(await readOutbox(server.dataDir, reused)).toHaveLength(1);
  });
});
