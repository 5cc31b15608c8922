import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { DatabaseConnection } from '../../src/database/database.js';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { openDatabase } from '../../src/database/open-database.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import { describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { type Network, openNetwork, untilWaiting } from './network.js';
import { ManualClock } from './manual-clock.js';

describeWithPostgres('When the connections to PostgreSQL break', () => {
  let database: TestDatabase;
  let network: Network;
  let connection: DatabaseConnection;
  let other: pg.Client;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    network = await openNetwork(database.url);
    connection = await openDatabase({ url: network.url, poolMax: 3, directory: '', schema: undefined });
    await connection.migrate(MIGRATIONS_FOLDER);
    other = new pg.Client({ connectionString: database.url });
    await other.connect();
  });
  afterEach(async () => {
    await other.end();
    await connection.close();
    network.close();
    await database.drop();
  });

  function newAdmin() {
    return { name: null, email: `${randomUUID()}@example.com`, passwordHash: 'hash', roles: ['admin'] };
  }

  it('idle ones are replaced', async () => {
    await Promise.all([1, 2, 3].map(() => connection.ping()));
    network.breakDown();

    // One that broke and has not noticed yet may still be handed out.
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => connection.ping()));
    const failures = answers.filter((answer) => answer.status === 'rejected');
    expect(failures.filter((failure) => !isConnectionLoss(failure.reason))).toEqual([]);
    await connection.ping();
  });

  it('a statement fails as a lost connection, and the next one works', async () => {
    await other.query('begin');
    await other.query('lock table latchkey.users');
    const statement = connection.db.execute(sql`select from latchkey.users`).then(
      () => 'answered',
      (error: unknown) => error,
    );
    await untilWaiting(other, 1);
    network.breakDown();

    expect(isConnectionLoss(await statement)).toBe(true);
    await other.query('rollback');
    await connection.db.execute(sql`select from latchkey.users`);
  });

  it('a transaction fails as a lost connection, writes nothing, and the next one works', async () => {
    const users = new PostgresUsersRepository(connection, new ManualClock());
    await other.query('begin');
    await other.query(`select from latchkey.roles where name = 'admin' for update`);
    const creation = users.createFirstOfRole('admin', newAdmin()).then(
      () => 'created',
      (error: unknown) => error,
    );
    await untilWaiting(other, 1);
    network.breakDown();

    expect(isConnectionLoss(await creation)).toBe(true);
    await other.query('rollback');
    expect(await users.count()).toBe(0);
    expect(await users.createFirstOfRole('admin', newAdmin())).toBeDefined();
  });
});

/** The network's errors are not of the realm that Jest runs tests in, so that `instanceof` does not know them. */
function isConnectionLoss(error: unknown): boolean {
  return /ECONNRESET|Connection terminated|connection error and is not queryable/.test(inspect(error));
}
