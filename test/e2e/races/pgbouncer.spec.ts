import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createDatabase,
  describeWithPgbouncer,
  pgbouncer,
  type TestDatabase,
} from '../../support/services/available.js';
import { startPgbouncer } from '../../support/services/start-pgbouncer.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PushChannel } from '../../../src/push/push-channel.js';

const SECRET = 'k7Qz0pVwY3mB9sXc2LdF6hJrT8nGaUeW1iOyRtKqPv4=';

const logOut = ({ api }: TestApp, token: string) => api.post('/api/auth/logout', undefined, { token });

describeWithPgbouncer('PgBouncer', () => {
  describe.each(['transaction', 'session'] as const)('in %s mode', (mode) => {
    let database: TestDatabase;
    let pooler: Awaited<ReturnType<typeof startPgbouncer>>;
    let first: TestApp;
    let second: TestApp;

    beforeAll(async () => {
      database = await createDatabase();
      pooler = await startPgbouncer(pgbouncer?.path ?? '', database.url, mode);
      // In session mode each connection keeps one of the pooler's four, and listening takes one more.
      const poolMax = mode === 'session' ? '1' : '10';
      const environment = {
        DATABASE_URL: pooler.url,
        DATABASE_POOL_MAX: poolMax,
        APP_SECRET: SECRET,
        PUBLIC_URL: 'http://id.example.com',
      };
      // The first makes the tables, the second finds them.
      first = await startTestApp({ environment });
      second = await startTestApp({ environment });
    });
    afterAll(async () => {
      await first?.close();
      await second?.close();
      await pooler?.stop();
      await database?.drop();
    });

    it('clients register, log in, refresh and log out, many at once', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          const server = index % 2 === 0 ? first : second;
          const { body } = await server.api.register();
          const loggedIn = await server.api.login(body.user.email);
          let { refreshToken } = loggedIn.body;
          const statuses: number[] = [loggedIn.status];
          for (let turn = 0; turn < 3; turn += 1) {
            const refreshed = await server.api.refresh(refreshToken);
            statuses.push(refreshed.status);
            ({ refreshToken } = refreshed.body);
          }
          const { accessToken } = loggedIn.body;
          statuses.push(
            (await server.api.profile(accessToken)).status,
            (await logOut(server, accessToken)).status,
          );
          return statuses;
        }),
      );
      expect(outcomes).toEqual(outcomes.map(() => [200, 200, 200, 200, 200, 204]));
    });

    it('a session that ended on one instance ends on the other', async () => {
      const { body } = await first.api.register();
      expect((await second.api.profile(body.accessToken)).status).toBe(200);
      expect((await logOut(first, body.accessToken)).status).toBe(204);
      while ((await second.api.profile(body.accessToken)).status !== 401);
    });

    it(`messages of other instances are ${mode === 'session' ? 'heard' : 'known not to arrive'}`, () => {
      expect(second.app.get(PushChannel).connected).toBe(mode === 'session');
    });
  });
});
