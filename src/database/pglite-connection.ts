import { PgDatabase } from 'drizzle-orm/pg-core';
import { PgliteSession } from 'drizzle-orm/pglite';
import type { PGlite } from '@electric-sql/pglite';
import { applyMigrations, isMigrated } from './apply-migrations.js';
import { type Database, DatabaseConnection, type Listening } from './database.js';
import { expectedSchema, locateSchema, type Run } from './locate-schema.js';
import { OwnSchemaDialect } from './own-schema.js';
import type { PgliteDirectory } from './pglite-directory.js';
import type { DatabaseClient } from './postgres-pool.js';
import { IS_READ_ONLY, refuseReadOnly } from './read-only.js';

/** PGlite: PostgreSQL in this process, in a directory of its own. Its statements run one after the other. */
export class PgliteConnection extends DatabaseConnection {
  readonly shared = false;
  readonly db: Database;
  readonly description: string;
  schema: string;
  private readonly dialect: OwnSchemaDialect;

  /** @param configured see DatabaseConfig.schema */
  constructor(
    private readonly directory: PgliteDirectory,
    private readonly configured: string | undefined,
  ) {
    super();
    this.schema = expectedSchema(configured);
    this.dialect = new OwnSchemaDialect(() => this.schema);
    this.db = this.handleOn(directory.thread);
    this.description = `the embedded database in ${directory.path}`;
  }

  async ping(): Promise<void> {
    refuseReadOnly(await runner(this.directory.thread)<{ readOnly: boolean }>(IS_READ_ONLY));
  }

  listen(): Promise<Listening> {
    return Promise.reject(new Error('The embedded database has no other processes to hear of.'));
  }

  transaction<T>(work: (db: Database, client: DatabaseClient) => Promise<T>): Promise<T> {
    return this.directory.thread.transaction((client) => work(this.handleOn(client), client));
  }

  within(): Database {
    throw new Error('No transaction of the embedded database is begun elsewhere.');
  }

  async migrate(folder: string): Promise<void> {
    const { thread } = this.directory;
    const location = await locateSchema(runner(thread), this.configured);
    this.schema = location.schema;
    if (await isMigrated(runner(thread), location, folder)) return;
    await thread.transaction((transaction) => applyMigrations(runner(transaction), location, folder));
  }

  async close(): Promise<void> {
    await this.directory.thread.close();
    this.directory.lock.release();
  }

  private handleOn(client: Pick<PgliteDirectory['thread'], 'query'>): Database {
    const known: Pick<PGlite, 'query'> = client;
    return new PgDatabase(
      this.dialect,
      new PgliteSession(known as PGlite, this.dialect, undefined),
      undefined,
    );
  }
}

function runner(client: Pick<PgliteDirectory['thread'], 'query'>): Run {
  return async <Row>(statement: string, values?: unknown[]) =>
    (await client.query<Row>(statement, values)).rows;
}
