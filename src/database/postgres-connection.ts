import { Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { NodePgSession } from 'drizzle-orm/node-postgres';
import { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import type { DatabaseConfig } from '../config/slices.js';
import { applyMigrations, isMigrated } from './apply-migrations.js';
import { type Database, DatabaseConnection, type Listening } from './database.js';
import { locateSchema, type Run, type SchemaLocation } from './locate-schema.js';
import { OwnSchemaDialect } from './own-schema.js';

const CONNECT_TIMEOUT = 5_000;
/** How often a listening connection is tried, and how long it may take to answer. */
const HEARTBEAT = 2_000;
const STATEMENT_TIMEOUT = 15_000;

/** PostgreSQL through a pool of node-postgres. */
export class PostgresConnection extends DatabaseConnection {
  readonly shared = true;
  readonly db: Database;
  readonly description: string;

  private constructor(
    private readonly url: string,
    private readonly pool: pg.Pool,
    private readonly location: SchemaLocation,
  ) {
    super();
    const { host, pathname } = new URL(url);
    this.description = `PostgreSQL at ${host || 'localhost'}${pathname}`;
    const dialect = new OwnSchemaDialect(() => location.schema);
    this.db = new PgDatabase(dialect, new NodePgSession(pool, dialect, undefined), undefined);
  }

  get schema(): string {
    return this.location.schema;
  }

  /** @throws Error if the database cannot be reached: it is asked where the tables are */
  static async open(
    url: string,
    { poolMax, schema }: Pick<DatabaseConfig, 'poolMax' | 'schema'>,
  ): Promise<PostgresConnection> {
    const location = await onConnection(url, (run) => locateSchema(run, schema));
    const pool = new pg.Pool({
      connectionString: url,
      max: poolMax,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      statement_timeout: STATEMENT_TIMEOUT,
      query_timeout: STATEMENT_TIMEOUT + 1_000,
      idleTimeoutMillis: 30_000,
      application_name: 'latchkey',
      keepAlive: true,
    });
    // A connection that breaks while idle is dropped by the pool; without a listener it would end the process.
    const logger = new Logger('Database');
    pool.on('error', (error) => logger.warn(`A database connection was lost: ${error.message}`));
    // One that breaks in use fails its statement; the pool does not listen to it then.
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new PostgresConnection(url, pool, location);
  }

  async ping(): Promise<void> {
    await this.db.execute(sql`select 1`);
  }

  async listen(channel: string, notified: (payload: string) => void, lost: () => void): Promise<Listening> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: HEARTBEAT,
      application_name: 'latchkey push',
      keepAlive: true,
    });
    // `end` follows an error, and also a clean close by the server.
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => notified(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    // A connection that died without a word would never tell.
    const heartbeat = setInterval(() => {
      client.query('select 1').catch(() => client.end());
    }, HEARTBEAT).unref();
    client.once('end', () => {
      clearInterval(heartbeat);
      lost();
    });
    return {
      close: async () => {
        client.removeAllListeners('end');
        clearInterval(heartbeat);
        await client.end();
      },
    };
  }

  migrate(folder: string): Promise<void> {
    return onConnection(this.url, async (run) => {
      if (await isMigrated(run, this.location, folder)) return;
      // One transaction, also for the lock: a pooler may give the next one another connection.
      await run('begin');
      await run('set local statement_timeout = 0');
      await run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`migrations ${this.schema}`]);
      await applyMigrations(run, this.location, folder);
      await run('commit');
    });
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/**
 * A connection of its own, without time limits: waiting for another process's migrations may take long. Its end rolls back
 * what is not committed.
 */
async function onConnection<T>(url: string, work: (run: Run) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT });
  // If it breaks, the statement that waits for it fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(async <Row>(statement: string, values?: unknown[]) => {
      const { rows } = await client.query(statement, values);
      return rows as Row[];
    });
  } finally {
    await client.end();
  }
}
