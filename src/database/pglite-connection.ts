import type { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { DatabaseConnection, type Listening } from './database.js';
import { lastMigration, MIGRATIONS_TABLE } from './migrations.js';
import type { PgliteDirectory } from './pglite-directory.js';

const UNDEFINED_TABLE = '42P01';

/** PGlite: PostgreSQL in this process, in a directory of its own. Its statements run one after the other. */
export class PgliteConnection extends DatabaseConnection {
  readonly shared = false;
  readonly db: PgliteDatabase;
  readonly description: string;

  constructor(private readonly directory: PgliteDirectory) {
    super();
    this.db = drizzle(directory.thread as unknown as PGlite);
    this.description = `the embedded database in ${directory.path}`;
  }

  async ping(): Promise<void> {
    await this.db.execute(sql`select 1`);
  }

  listen(): Promise<Listening> {
    return Promise.reject(new Error('The embedded database has no other processes to hear of.'));
  }

  async migrate(folder: string): Promise<void> {
    // Drizzle's statements take a tenth of a second although nothing is missing.
    if (await this.isMigrated(folder)) return;
    await migrate(this.db, { migrationsFolder: folder, ...MIGRATIONS_TABLE });
  }

  /** As Drizzle tells, by the times of those applied; a later version may have applied more. */
  private async isMigrated(folder: string): Promise<boolean> {
    const { migrationsSchema, migrationsTable } = MIGRATIONS_TABLE;
    try {
      const { rows } = await this.directory.thread.query<{ created_at: unknown }>(
        `select created_at from ${migrationsSchema}.${migrationsTable}`,
      );
      const last = lastMigration(folder);
      return rows.some((row) => Number(row.created_at) >= last);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === UNDEFINED_TABLE) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.directory.thread.close();
    this.directory.lock.release();
  }
}
