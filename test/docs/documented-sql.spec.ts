import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';

const blocks = ['operations', 'extending', 'mail'].flatMap((name): [string, string][] => {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), 'utf8');
  return [...text.matchAll(/^ *```sql\n([\s\S]*?)^ *```/gm)].map(([, sql = '']) => [name, sql]);
});

describeWithPostgres('The SQL of the documents', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(blocks)('of docs/%s.md is taken: %s', async (_name, sql) => {
    // Roles are of the whole server, and this one may be there.
    await client.query('begin');
    try {
      const { rowCount } = await client.query(`select from pg_roles where rolname = 'latchkey'`);
      if (rowCount === 0) await client.query('create role latchkey');
      await expect(client.query(sql)).resolves.toBeDefined();
    } finally {
      await client.query('rollback');
    }
  });
});
