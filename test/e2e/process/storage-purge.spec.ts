import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { DatabaseConnection } from '../../../src/database/database.js';
import { MIGRATIONS_FOLDER } from '../../../src/database/migrations.js';
import { openDatabase } from '../../../src/database/open-database.js';
import { revocations } from '../../../src/tokens/revocation/revocations.table.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, testEnvironment } from '../../support/test-config.js';

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

const directory = temporaryDirectory();
afterAll(() => directory.remove());

describeWithPostgres('`storage purge`', () => {
  let database: TestDatabase;
  let connection: DatabaseConnection;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    connection = await openDatabase({ url: database.url, poolMax: 1, directory: '', schema: undefined });
    await connection.migrate(MIGRATIONS_FOLDER);
  });
  afterAll(async () => {
    await connection?.close();
    await database?.drop();
  });

  it('purges all that is a day overdue, over several batches, and says how much that was', async () => {
    await connection.db.execute(sql`
      insert into latchkey.revocations (kind, id, revoked_at, expires_at)
      select 'session', i, now(), now() + (i - 1224.5) * interval '1 hour' from generate_series(1, 1203) i`);
    const environment = { ...testEnvironment(directory.path), DATABASE_URL: database.url };
    const env = { PATH: process.env['PATH'], ...environment };
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'storage', 'purge'], { env });

    expect(stdout).toMatch(/^Purged: .*\b1200 revocations, 0 one-time tokens, .*\n$/);
    expect(await connection.db.$count(revocations)).toBe(3);
  });
});
