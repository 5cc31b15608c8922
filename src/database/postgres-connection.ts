import { Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { type Database, DatabaseConnection, type Listening } from './database.js';
import { MIGRATIONS_TABLE } from './migrations.js';

const CONNECT_TIMEOUT = 5_000;
/** How often a listening connection is tried, and how long it may take to answer. */
const HEARTBEAT = 2_000;
const STATEMENT_TIMEOUT = 15_000;
/** `pg_advisory_lock` key of the migrations ("latchkey" in hexadecimal). */
const MIGRATION_LOCK = '7809651199139603833';

/** PostgreSQL through a pool of node-postgres. */
export class PostgresConnection extends DatabaseConnection {
  readonly shared = true;
  readonly db: Database;

  private constructor(
    private readonly url: string,
    private readonly pool: pg.Pool,
    readonly description: string,
  ) {
    super();
    this.db = drizzle(pool);
  }

  static open(url: string, poolMax: number): PostgresConnection {
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
    const { host, pathname } = new URL(url);
    return new PostgresConnection(url, pool, `PostgreSQL at ${host || 'localhost'}${pathname}`);
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

  async migrate(folder: string): Promise<void> {
    // A connection of its own, without time limits: waiting for another process's migrations may take long. Its end
    // gives the lock back, whatever happened.
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: CONNECT_TIMEOUT });
    // If it breaks, the statement that waits for it fails.
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(`select pg_advisory_lock(${MIGRATION_LOCK})`);
      await client.query('set client_min_messages = warning');
      await migrate(drizzle(client), { migrationsFolder: folder, ...MIGRATIONS_TABLE });
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
