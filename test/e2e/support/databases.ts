import { afterAll, beforeAll, describe } from '@jest/globals';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import type { TestEnvironment } from '../../support/test-config.js';

/** The same tests on the embedded database and, where there is one, on PostgreSQL. */
export function describeOnEachDatabase(
  title: string,
  /** @param environment what makes a server use the database; to be called in hooks and tests */
  body: (environment: () => TestEnvironment) => void,
): void {
  describe(`${title}, on PGlite`, () => body(() => ({})));

  describeWithPostgres(`${title}, on PostgreSQL`, () => {
    let database: TestDatabase;

    beforeAll(async () => {
      database = await createDatabase();
    });

    afterAll(async () => {
      await database.drop();
    });

    // Nested, so that its servers are closed before the database is dropped.
    describe('-', () => body(() => ({ DATABASE_URL: database.url })));
  });
}
