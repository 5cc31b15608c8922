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
import { createDefaultDatabase, EMBEDDED } from '../../support/test-store.js';

/** @param environment what makes a server use the database; to be called in hooks and tests */
type Body = (environment: () => TestEnvironment) => void;

/**
 * The same tests on the embedded database, on PostgreSQL, and with the sessions in Redis beside the database of tests that name none:
 * PostgreSQL where there is one, as in production.
 */
export function describeOnEachStore(title: string, body: Body): void {
  describeOnEachDatabase(title, body);

  describeWithRedis(`${title}, with the sessions in Redis`, () =>
    onRedis(body, () => createDefaultDatabase()),
  );
}

/** The embedded database and PostgreSQL: for what Redis has no part in. */
export function describeOnEachDatabase(title: string, body: Body): void {
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
}

/** The embedded database and PostgreSQL, each with and without Redis for sessions and limits: for a main path. */
export function describeOnEachCombination(title: string, body: Body): void {
  describeOnEachDatabase(title, body);

  describeWithRedis(`${title}, on PGlite, with the sessions in Redis`, () =>
    onRedis(body, () => Promise.resolve(undefined)),
  );
  describeWithRedis(`${title}, on PostgreSQL`, () =>
    describeWithPostgres('with the sessions in Redis', () => onRedis(body, () => createMigratedDatabase())),
  );
}

/** @param create makes the database beside it; undefined: the embedded one */
function onRedis(body: Body, create: () => Promise<TestDatabase | undefined>): void {
  let database: TestDatabase | undefined;
  let redis: Awaited<ReturnType<typeof startUsedRedis>>;

  beforeAll(async () => {
    database = await create();
    redis = await startUsedRedis(new SystemClock());
  });

  afterAll(async () => {
    await database?.drop();
    await redis.stop();
  });

  describe('-', () =>
    body(() => ({
      ...(database ? { DATABASE_URL: database.url } : EMBEDDED),
      SESSION_STORE: 'redis',
      REDIS_URL: redis.url,
    })));
}
