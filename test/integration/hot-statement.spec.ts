import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { PostgresConnection } from '../../src/database/postgres-connection.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import { describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { ManualClock } from './manual-clock.js';

describeWithPostgres('A hot statement', () => {
  let database: TestDatabase;
  let connection: PostgresConnection;
  let users: PostgresUsersRepository;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    connection = await PostgresConnection.open(database.url, { poolMax: 1, schema: undefined });
    await connection.migrate(MIGRATIONS_FOLDER);
    users = new PostgresUsersRepository(connection, new ManualClock());
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const prepared = async () => {
    const { rows } = (await connection.db.execute(sql`select name from pg_prepared_statements`)) as {
      rows: { name: string }[];
    };
    return rows.map(({ name }) => name);
  };

  it('is parsed once a connection, by a name that its text gives', async () => {
    await users.findById(randomUUID());
    await users.findById(randomUUID());
    expect(await prepared()).toEqual([expect.stringMatching(/^latchkey_[0-9a-f]{24}$/)]);
  });

  it('goes on without names where they are lost, as behind a pooler that changes connections', async () => {
    const user = await users.create({ name: null, email: 'a@example.com', passwordHash: 'h', roles: [] });
    expect(connection.keepsNames).toBe(true);
    await connection.db.execute(sql`deallocate all`);

    expect(await users.findById(user.id)).toMatchObject({ email: 'a@example.com' });
    expect(connection.keepsNames).toBe(false);
    expect(await users.findById(user.id)).toMatchObject({ email: 'a@example.com' });
    expect(await prepared()).toEqual([]);
  });
});
