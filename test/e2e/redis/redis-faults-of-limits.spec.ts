import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  describeWithPostgres,
  describeWithRedis,
  type TestDatabase,
} from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import { promptly } from '../support/promptly.js';

describeWithPostgres('With the sessions in PostgreSQL', () => {
  describeWithRedis('and limits alone in Redis, of two instances', () => {
    let database: TestDatabase;
    let redis: Awaited<ReturnType<typeof startRedisServer>>;
    let here: TestApp;
    let there: TestApp;

    beforeAll(async () => {
      [database, redis] = await Promise.all([createMigratedDatabase(), startRedisServer()]);
      const environment = {
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA',
        PUBLIC_URL: 'http://localhost:3000',
        TRUST_PROXY: '127.0.0.1',
        LOGIN_RATE_LIMIT: '3/1h',
      };
      here = await startTestApp({ environment });
      there = await startTestApp({ environment });
    });
    afterAll(async () => {
      await here?.close();
      await there?.close();
      await redis?.stop();
      await database?.drop();
    });

    /** Of an address, one after the other. @returns their statuses */
    async function logIns(address: string, at: readonly TestApp[]): Promise<number[]> {
      const statuses: number[] = [];
      for (const { api } of at) {
        const headers = { 'x-forwarded-for': address };
        const body = { email: 'no-one@example.com', password: 'correct horse battery staple' };
        statuses.push((await api.post('/api/auth/login', body, { headers })).status);
      }
      return statuses;
    }

    const verify = (token: string) => there.api.get('/api/auth/verify', { token });

    /** By each of the ways in which tokens are revoked. */
    function revocationsReach(): void {
      it.each(['logout', 'logout-all'])('a %s at one reaches the other promptly', async (route) => {
        const { accessToken: token, refreshToken } = (await here.api.register()).body;
        await eventually(async () => expect((await verify(token)).status).toBe(204));
        expect((await here.api.post(`/api/auth/${route}`, undefined, { token })).status).toBe(204);
        await promptly(async () => expectProblem(await verify(token), 401, 'TOKEN_REVOKED'));
        expectProblem(await there.api.refresh(refreshToken), 401, 'SESSION_ENDED');
      });
    }

    revocationsReach();

    it('both count to the same limit', async () => {
      const answers = await logIns('203.0.113.1', [here, there, here, there]);
      expect(answers).toEqual([401, 401, 401, 429]);
    });

    describe('while Redis stands still', () => {
      beforeAll(() => redis.pause());
      afterAll(() => redis.resume());

      revocationsReach();
    });

    describe('while Redis is gone', () => {
      beforeAll(() => redis.kill());

      revocationsReach();

      it('each counts for itself', async () => {
        for (const each of [here, there])
          expect(await logIns('203.0.113.2', [each, each, each, each])).toEqual([401, 401, 401, 429]);
      });
    });

    describe('once Redis is back, empty,', () => {
      beforeAll(async () => {
        redis = await redis.startAgain();
      });

      revocationsReach();
    });
  });
});
