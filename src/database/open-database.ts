import type { DatabaseConfig } from '../config/slices.js';
import type { DatabaseConnection } from './database.js';

/** Opens PostgreSQL when a URL is set, else the embedded database. Only the driver in use is loaded. */
export async function openDatabase(config: DatabaseConfig): Promise<DatabaseConnection> {
  if (config.url !== undefined) {
    const { PostgresConnection } = await import('./postgres-connection.js');
    return PostgresConnection.open(config.url, config.poolMax);
  }
  const { PgliteConnection } = await import('./pglite-connection.js');
  return PgliteConnection.open(config.directory);
}
