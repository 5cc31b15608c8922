import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { type Database, DatabaseConnection } from './database.js';
import { DirectoryLock } from './directory-lock.js';
import { MIGRATIONS_TABLE } from './migrations.js';

/** PGlite: PostgreSQL in this process, in a directory of its own. Its statements run one after the other. */
export class PgliteConnection extends DatabaseConnection {
  readonly shared = false;
  readonly db: Database;

  private constructor(
    private readonly pglite: PGlite,
    private readonly lock: DirectoryLock,
    readonly description: string,
  ) {
    super();
    this.db = drizzle(pglite);
  }

  /** @throws DirectoryInUseError if another process has the directory open */
  static async open(directory: string): Promise<PgliteConnection> {
    mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
    const lock = DirectoryLock.acquire(directory);
    try {
      const pglite = await openOrCreate(directory);
      return new PgliteConnection(pglite, lock, `the embedded database in ${directory}`);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async ping(): Promise<void> {
    await this.db.execute(sql`select 1`);
  }

  async migrate(folder: string): Promise<void> {
    await migrate(drizzle(this.pglite), { migrationsFolder: folder, ...MIGRATIONS_TABLE });
  }

  async close(): Promise<void> {
    try {
      if (!this.pglite.closed) await this.pglite.close();
    } finally {
      this.lock.release();
    }
  }
}

async function openOrCreate(directory: string): Promise<PGlite> {
  // Written when the directory is complete: one whose creation was cut short holds nothing and is made anew.
  const complete = `${directory}/latchkey.complete`;
  if (existsSync(complete)) return PGlite.create({ dataDir: directory });
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  const pglite = await PGlite.create({ dataDir: directory, loadDataDir: await emptyDatabase() });
  writeFileSync(complete, '', { mode: 0o600 });
  return pglite;
}

/** An initialised empty database: unpacking it takes a third of the time that `initdb` takes. */
async function emptyDatabase(): Promise<Blob> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  return dataDir();
}
