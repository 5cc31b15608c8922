import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startPostgresServer } from '../../support/services/start-postgres.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

const SETTINGS = {
  APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA',
  PUBLIC_URL: 'http://localhost:3000',
  REVOCATION_MAX_STALENESS: '1s',
};

describeWithPostgres('When PostgreSQL crashes', () => {
  let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
  let first: TestApp;
  let second: TestApp;

  beforeEach(async () => {
    postgres = await startPostgresServer();
    const environment = { ...SETTINGS, DATABASE_URL: postgres.url };
    first = await startTestApp({ environment });
    second = await startTestApp({ environment });
  });

  afterEach(async () => {
    await first.close();
    await second.close();
    await postgres.stop();
  });

  const profile = async (token: string) => first.api.get('/api/auth/verify', { token });

  describe('protected routes', () => {
    it('refuse every token once it cannot be known what is revoked, and answer again by themselves', async () => {
      const { accessToken, refreshToken } = (await first.api.register()).body;
      const loggedOut = (await first.api.register()).body;
      await first.api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });
      await postgres.crash();
      expectProblem(await first.api.refresh(refreshToken), 503, 'UNAVAILABLE');
      await eventually(async () => expect((await profile(accessToken)).status).toBe(503));
      expect((await profile(loggedOut.accessToken)).status).toBe(503);
      expect((await first.api.get('/health/ready')).status).toBe(503);
      expect((await first.api.get('/health/live')).status).toBe(200);

      await postgres.startAgain();
      await eventually(async () => expect((await first.api.get('/health/ready')).status).toBe(200));
      expect((await profile(accessToken)).status).toBe(204);
      expectProblem(await profile(loggedOut.accessToken), 401, 'TOKEN_REVOKED');
      expect((await first.api.refresh(refreshToken)).status).toBe(200);
    });
  });

  it('a logout after that is known to the other instance again', async () => {
    const { accessToken } = (await second.api.register()).body;
    await postgres.crash();
    await postgres.startAgain();
    await eventually(async () => {
      for (const { api } of [first, second]) expect((await api.get('/health/ready')).status).toBe(200);
    });
    await eventually(async () => {
      const answer = await second.api.post('/api/auth/logout', undefined, { token: accessToken });
      expect(answer.status).toBe(204);
    });

    await eventually(async () => {
      expectProblem(await profile(accessToken), 401, 'TOKEN_REVOKED');
    });
  });
});

describeWithPostgres('A server that stood still longer than what it knows is good for', () => {
  let database: TestDatabase;
  let server: LatchkeyProcess;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    server = await LatchkeyProcess.start({ ...SETTINGS, DATABASE_URL: database.url });
  });
  afterEach(async () => {
    await server?.stop();
    await database?.drop();
  });

  it('reads which tokens and which keys were revoked before it answers, instead of refusing', async () => {
    const api = new ApiClient(server.url);
    const { accessToken } = (await api.register()).body;
    const loggedOut = (await api.register()).body;
    await api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });

    server.signal('SIGSTOP');
    await sleep(2_500);
    const answers = Promise.all([
      api.get('/api/auth/verify', { token: accessToken }),
      api.get('/api/auth/verify', { token: loggedOut.accessToken }),
    ]);
    server.signal('SIGCONT');

    expect((await answers).map(({ status }) => status)).toEqual([204, 401]);
    expect((await server.stop()).code).toBe(0);
  });
});
