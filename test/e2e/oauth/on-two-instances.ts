import { describe } from '@jest/globals';
import { describeWithPostgres } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { EMBEDDED } from '../../support/test-store.js';
import { TestAuthorizationServer } from './authorization-server.js';

/** Two instances of one installation, or twice the same. */
export interface Instances {
  readonly here: TestAuthorizationServer;
  readonly there: TestAuthorizationServer;
  stop(): Promise<void>;
}

/**
 * The same tests on the embedded database, which one process alone may have, and with two instances on PostgreSQL.
 * @param settings with the secret that they share
 * @param body declares tests that start them
 */
export function describeOnTwoInstances(
  title: string,
  settings: TestEnvironment,
  body: (start: () => Promise<Instances>) => void,
): void {
  describe(`On the embedded database, ${title}`, () => {
    body(async () => {
      const one = await TestAuthorizationServer.start({ environment: { ...settings, ...EMBEDDED } });
      return { here: one, there: one, stop: () => one.close() };
    });
  });

  describeWithPostgres(`With two instances on PostgreSQL, ${title}`, () => {
    body(async () => {
      const database = await createMigratedDatabase();
      const environment = { ...settings, DATABASE_URL: database.url };
      const here = await TestAuthorizationServer.start({ environment });
      const there = await TestAuthorizationServer.start({
        environment: { ...environment, PUBLIC_URL: here.origin },
      });
      const stop = async () => {
        await Promise.all([here.close(), there.close()]);
        await database.drop();
      };
      return { here, there, stop };
    });
  });
}
