import type { DatabaseConfig } from '../config/slices.js';
import type { DatabaseConnection } from './database.js';
import { MIGRATIONS_FOLDER } from './migrations.js';
import { openPgliteDirectory } from './pglite-directory.js';

/** Opens PostgreSQL when a URL is set, else the embedded database. Only the driver in use is loaded. */
export async function openDatabase(config: DatabaseConfig): Promise<DatabaseConnection> {
  if (config.url !== undefined) {
    const { PostgresConnection } = await import('./postgres-connection.js');
    return PostgresConnection.open(config.url, config.poolMax);
  }
  // Its thread starts at once, and works while Drizzle is loaded here.
  const [directory, { PgliteConnection }] = await Promise.all([
    openPgliteDirectory(config.directory),
    import('./pglite-connection.js'),
  ]);
  return new PgliteConnection(directory);
}

/** Opens the database as an application wants it: with the migrations applied that were missing. */
export async function openMigratedDatabase(config: DatabaseConfig): Promise<DatabaseConnection> {
  const connection = await openDatabase(config);
  try {
    await connection.migrate(MIGRATIONS_FOLDER);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
