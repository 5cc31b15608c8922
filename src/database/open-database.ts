import type { Worker } from 'node:worker_threads';
import type { DatabaseConfig } from '../config/slices.js';
import type { DatabaseConnection } from './database.js';
import { MIGRATIONS_FOLDER } from './migrations.js';
import { openPgliteDirectory } from './pglite-directory.js';

/**
 * Opens PostgreSQL when a URL is set, else the embedded database. Only the driver in use is loaded.
 * @param worker for the embedded one, if it was started ahead
 */
export async function openDatabase(config: DatabaseConfig, worker?: Worker): Promise<DatabaseConnection> {
  if (config.url !== undefined) {
    const { PostgresConnection } = await import('./postgres-connection.js');
    return PostgresConnection.open(config.url, config.poolMax);
  }
  // Its thread starts at once, and works while Drizzle is loaded here.
  const [directory, { PgliteConnection }] = await Promise.all([
    openPgliteDirectory(config.directory, worker),
    import('./pglite-connection.js'),
  ]);
  return new PgliteConnection(directory);
}

/** Opens the database as an application wants it: with the migrations applied that were missing. */
export async function openMigratedDatabase(
  config: DatabaseConfig,
  worker?: Worker,
): Promise<DatabaseConnection> {
  const connection = await openDatabase(config, worker);
  try {
    await connection.migrate(MIGRATIONS_FOLDER);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
