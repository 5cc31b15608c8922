import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseConnection } from './database.js';
import { locateSchema, type Run } from './locate-schema.js';
import { MIGRATIONS_FOLDER, MIGRATIONS_TABLE } from './migrations.js';

/** Which migrations a database has. */
export interface MigrationStatus {
  /** The schema of the tables, or where they are to be made. */
  readonly schema: string;
  readonly applied: readonly string[];
  /** In the order in which they would be applied. */
  readonly missing: readonly string[];
  /** How many it has that this version does not know: a later one was there. */
  readonly unknown: number;
}

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

/**
 * Changes nothing.
 * @param configured the setting `DATABASE_SCHEMA`
 * @throws Error if the list of migrations cannot be read
 */
export async function migrationStatus(
  connection: DatabaseConnection,
  configured: string | undefined,
): Promise<MigrationStatus> {
  const known = (JSON.parse(readFileSync(join(MIGRATIONS_FOLDER, 'meta/_journal.json'), 'utf8')) as Journal)
    .entries;
  const { schema, times } = await connection.transaction(async (_, client) => {
    const run: Run = async (statement, values) => (await client.query(statement, values)).rows as never;
    const { schema: own, listSchema } = await locateSchema(run, configured);
    const list = `"${listSchema.replaceAll('"', '""')}"."${MIGRATIONS_TABLE}"`;
    // By the catalogue: a name that is not there would end the transaction.
    const [there] = await run(
      `select from pg_class t join pg_namespace n on n.oid = t.relnamespace where n.nspname = $1 and t.relname = $2`,
      [listSchema, MIGRATIONS_TABLE],
    );
    const rows = there ? await run<{ time: unknown }>(`select created_at as time from ${list}`) : [];
    return { schema: own, times: rows.map(({ time }) => Number(time)) };
  });
  // As applying them does: what is not later than the last one was applied.
  const last = Math.max(Number.NEGATIVE_INFINITY, ...times);
  const newest = Math.max(...known.map(({ when }) => when));
  return {
    schema,
    applied: known.filter(({ when }) => when <= last).map(({ tag }) => tag),
    missing: known.filter(({ when }) => when > last).map(({ tag }) => tag),
    unknown: times.filter((time) => time > newest).length,
  };
}
