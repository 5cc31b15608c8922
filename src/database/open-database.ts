import type { Worker } from 'node:worker_threads';
import { ConfigurationError } from '../config/configuration-error.js';
import type { DatabaseConfig } from '../config/config.js';
import { toldAsWritten } from '../config/told-as-written.js';
import type { DatabaseConnection } from './database.js';
import { DatabaseUnusableError } from './database-unusable-error.js';
import { MIGRATIONS_FOLDER } from './migrations.js';
import { openPgliteDirectory } from './pglite-directory.js';
import type { HandedInDatabase } from './postgres-pool.js';

/**
 * PostgreSQL when a URL is set, else the embedded database, which need not be open yet: its statements wait for that.
 * Only the driver in use is loaded.
 * @param worker for the embedded one, if it was started ahead
 * @throws DatabaseUnusableError if the URL names what is not there, e.g. a certificate, or the server does not answer
 */
export async function openDatabase(config: DatabaseConfig, worker?: Worker): Promise<DatabaseConnection> {
  if (config.url !== undefined) {
    const { PostgresConnection } = await import('./postgres-connection.js');
    try {
      return await PostgresConnection.open(config.url, config);
    } catch (error) {
      throw new DatabaseUnusableError(error);
    }
  }
  // Its thread works while Drizzle is loaded here.
  const directory = openPgliteDirectory(config.directory, worker);
  const { PgliteConnection } = await import('./pglite-connection.js');
  return new PgliteConnection(directory, config.schema);
}

/**
 * Opens the database as an application wants it: with the migrations applied that were missing.
 * @param handedIn by the application, in place of one that the settings name
 * @throws ConfigurationError if the schema cannot be used
 * @throws DatabaseUnusableError whatever it is that PostgreSQL, or the way to it, does not do
 */
export async function openMigratedDatabase(
  config: DatabaseConfig,
  handedIn?: HandedInDatabase,
): Promise<DatabaseConnection> {
  try {
    if (handedIn) return await openHandedIn(handedIn, config);
    const connection = await openDatabase(config);
    await migrateOrClose(connection);
    return connection;
  } catch (error) {
    throw toldAsWritten(config, error);
  }
}

async function openHandedIn(
  { pool, migrate = true }: HandedInDatabase,
  { schema }: DatabaseConfig,
): Promise<DatabaseConnection> {
  const { TeamPoolConnection } = await import('./team-pool-connection.js');
  try {
    const connection = await TeamPoolConnection.open(pool, schema);
    if (migrate) await connection.migrate(MIGRATIONS_FOLDER);
    else await connection.refuseUnmigrated(MIGRATIONS_FOLDER);
    return connection;
  } catch (error) {
    throw error instanceof ConfigurationError ? error : new DatabaseUnusableError(error);
  }
}

/**
 * Applies the migrations that are missing, or closes the connection and throws.
 * @throws ConfigurationError if the schema cannot be used
 * @throws DatabaseUnusableError whatever it is that PostgreSQL, or the way to it, does not do
 */
export async function migrateOrClose(connection: DatabaseConnection): Promise<void> {
  try {
    await connection.migrate(MIGRATIONS_FOLDER);
  } catch (error) {
    await connection.close();
    if (error instanceof ConfigurationError) throw error;
    throw connection.shared ? new DatabaseUnusableError(error) : error;
  }
}
