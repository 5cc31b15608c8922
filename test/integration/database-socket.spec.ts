import { expect, it } from '@jest/globals';
import pg from 'pg';
import { loadConfig } from '../../src/config/load-config.js';
import { openMigratedDatabase } from '../../src/database/open-database.js';
import { createDatabase, describeWithPostgres } from '../support/services/available.js';
import { temporaryDirectory, testEnvironment } from '../support/test-config.js';

describeWithPostgres('PostgreSQL behind a socket', () => {
  it('is used as libpq writes it', async () => {
    const database = await createDatabase();
    const directory = temporaryDirectory();
    const { username, password, pathname, port } = new URL(database.url);
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    const { rows } = await owner.query<{ directory: string }>(
      "select current_setting('unix_socket_directories') as directory",
    );
    await owner.end();
    const DATABASE_URL = `postgres://${username}:${password}@${pathname}?host=${rows[0]?.directory}&port=${port}`;
    const config = loadConfig(testEnvironment(directory.path, { DATABASE_URL }));

    const connection = await openMigratedDatabase(config.database);
    const { rows: found } = (await connection.db.execute('select inet_server_addr() as address')) as {
      rows: unknown[];
    };
    await connection.close();
    await database.drop();
    directory.remove();

    expect(found).toEqual([{ address: null }]);
    expect(connection.description).toBe(`PostgreSQL at ${rows[0]?.directory}${pathname}`);
  });
});
