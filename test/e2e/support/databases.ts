import { afterAll, beforeAll, describe } from '@jest/globals';
import { SystemClock } from '../../../src/common/clock.js';
import {
  describeWithPostgres,
  describeWithRedis,
  type TestDatabase,
} from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startUsedRedis } from '../../support/services/used-redis.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { EMBEDDED } from '../../support/test-store.js';

/** The same tests on the embedded database, on PostgreSQL, and with the sessions in Redis. */
export function describeOnEachStore(
  title: string,
  /** @param environment what makes a server use the database; to be called in hooks and tests */
  body: (environment: () => TestEnvironment) => void,
): void {
  describe(`${title}, on PGlite`, () => body(() => EMBEDDED));

  describeWithPostgres(`${title}, on PostgreSQL`, () => {
    let database: TestDatabase;

    beforeAll(async () => {
      database = await createMigratedDatabase();
    });

    afterAll(async () => {
      await database.drop();
    });

    // Nested, so that its servers are closed before the database is dropped.
    describe('-', () => body(() => ({ DATABASE_URL: database.url })));
  });

  describeWithRedis(`${title}, with the sessions in Redis`, () => {
    let redis: Awaited<ReturnType<typeof startUsedRedis>>;

    beforeAll(async () => {
      redis = await startUsedRedis(new SystemClock());
    });

    afterAll(async () => {
      await redis.stop();
    });

    describe('-', () => body(() => ({ ...EMBEDDED, SESSION_STORE: 'redis', REDIS_URL: redis.url })));
  });
}

/** The embedded database and PostgreSQL, each with and without Redis for sessions and limits: for a main path. */
export function describeOnEachCombination(
  title: string,
  /** @param environment what makes a server use them; to be called in hooks and tests */
  body: (environment: () => TestEnvironment) => void,
): void {
  describeOnEachStore(title, body);

  describeWithRedis(`${title}, on PostgreSQL`, () =>
    describeWithPostgres('and with the sessions in Redis', () => {
      let database: TestDatabase;
      let redis: Awaited<ReturnType<typeof startUsedRedis>>;

      beforeAll(async () => {
        database = await createMigratedDatabase();
        redis = await startUsedRedis(new SystemClock());
      });

      afterAll(async () => {
        await database.drop();
        await redis.stop();
      });

      describe('-', () =>
        body(() => ({ DATABASE_URL: database.url, SESSION_STORE: 'redis', REDIS_URL: redis.url })));
    }),
  );
}
