import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openMigratedDatabase } from '../../../src/database/open-database.js';
import { temporaryDirectory, testConfig } from '../test-config.js';
import { createDatabase, onServer, type TestDatabase } from './available.js';
import { copyDatabaseDirectory } from './copy-database-directory.js';
import { DATA, TEMPLATE_DATABASE } from './service.js';

// Migrating takes longer than all else that a start does: it is done once a run, by the worker that first needs it, and
// the others copy.

/** `pg_advisory_lock` key of the making of the template. */
const TEMPLATE_LOCK = 1_952_804_961;

/**
 * Puts a migrated embedded database where there is none: what a server finds there that starts for the second time, but
 * without keys and accounts.
 * @param directory does not exist
 */
export async function copyMigratedDirectory(directory: string): Promise<void> {
  const template = join(ofThisRun(DATA), 'migrated');
  if (!existsSync(template)) await makeTemplateDirectory(template);
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
  copyDatabaseDirectory(template, directory);
}

let hasTemplate = false;

/** A migrated database of its own on the PostgreSQL of this run. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  const template = ofThisRun(TEMPLATE_DATABASE);
  if (!hasTemplate) await ensureTemplateDatabase(template);
  hasTemplate = true;
  return createDatabase(template);
}

async function ensureTemplateDatabase(template: string): Promise<void> {
  await onServer(async (client) => {
    await client.query(`SELECT pg_advisory_lock(${TEMPLATE_LOCK})`);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 1) return;
    const making = await createDatabase();
    await migrate({ DATABASE_URL: making.url });
    await client.query(`ALTER DATABASE ${making.name} RENAME TO ${template}`);
  });
}

async function makeTemplateDirectory(template: string): Promise<void> {
  const made = temporaryDirectory();
  const { directory } = testConfig(made.path).database;
  await migrate({}, made.path);
  try {
    renameSync(directory, template);
  } catch (error) {
    // Another worker may have been faster.
    if (!existsSync(template)) throw error;
  }
  made.remove();
}

async function migrate(environment: Record<string, string>, dataDir = '.'): Promise<void> {
  const connection = await openMigratedDatabase(testConfig(dataDir, environment).database);
  await connection.close();
}

function ofThisRun(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The global setup has not set ${name}.`);
  return value;
}
