import { readMigrationFiles } from 'drizzle-orm/migrator';
import { ConfigurationError } from '../config/configuration-error.js';
import type { Run, SchemaLocation } from './locate-schema.js';
import { lastMigration, MIGRATIONS_TABLE } from './migrations.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const UNDEFINED_TABLE = '42P01';
/** A table, a type, a function or an index of that name. */
const DUPLICATES = new Set(['42P07', '42710', '42723']);

/** As Drizzle tells, by the times of those applied; a later version may have applied more. */
export async function isMigrated(run: Run, { listSchema }: SchemaLocation, folder: string): Promise<boolean> {
  try {
    return (await lastApplied(run, listSchema)) >= lastMigration(folder);
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return false;
    throw explained(error, listSchema);
  }
}

/**
 * Makes the schema if it is missing, and applies the migrations that are. Does nothing outside the schema.
 * @param run within one transaction, which no other process has for the same schema at the same time
 * @throws ConfigurationError if the role may not, or the schema holds tables that are not Latchkey's
 */
export async function applyMigrations(run: Run, location: SchemaLocation, folder: string): Promise<void> {
  const { schema, listSchema } = location;
  try {
    await run(`set local client_min_messages = warning`);
    // Of this transaction only: the migrations name tables without their schema.
    await run(`set local search_path to ${quoted(schema)}`);
    const [existing] = await run('select from pg_namespace where nspname = $1', [schema]);
    // Not `if not exists`, for which PostgreSQL wants the right to make it even where it does exist.
    if (!existing) await run(`create schema ${quoted(schema)}`);
    const list = `${quoted(listSchema)}.${quoted(MIGRATIONS_TABLE)}`;
    await run(
      `create table if not exists ${list} (id serial primary key, hash text not null, created_at bigint)`,
    );
    const last = await lastApplied(run, listSchema);
    for (const { folderMillis, hash, sql } of readMigrationFiles({ migrationsFolder: folder })) {
      if (folderMillis <= last) continue;
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order
      for (const statement of sql) await run(statement);
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order
      await run(`insert into ${list} (hash, created_at) values ($1, $2)`, [hash, folderMillis]);
    }
  } catch (error) {
    throw explained(error, schema);
  }
}

/** `"…"`, whatever the name holds. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function lastApplied(run: Run, listSchema: string): Promise<number> {
  const list = `${quoted(listSchema)}.${quoted(MIGRATIONS_TABLE)}`;
  const [row] = await run<{ last: unknown }>(`select max(created_at) as last from ${list}`);
  return Number(row?.last ?? Number.NEGATIVE_INFINITY);
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** What the operator can do something about, in one line. */
function explained(error: unknown, schema: string): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code === INSUFFICIENT_PRIVILEGE) {
    const name = quoted(schema);
    const what = message.includes('for database')
      ? `there is no schema ${name}, and the role may not make it (as owner of the database: CREATE SCHEMA ${name} AUTHORIZATION <role>)`
      : `the role may not work in the schema ${name} (it needs USAGE and CREATE there, and to own Latchkey's tables): ${message}`;
    return new ConfigurationError([`DATABASE_SCHEMA cannot be used: ${what}`]);
  }
  if (code !== undefined && DUPLICATES.has(code)) {
    const what = `the schema ${quoted(schema)} holds something that is not Latchkey's (${message}); choose another`;
    return new ConfigurationError([`DATABASE_SCHEMA cannot be used: ${what}`]);
  }
  return error;
}
