import { Logger } from '@nestjs/common';
import type pg from 'pg';
import type { DatabaseConfig } from '../config/config.js';
import { parsePostgresUrl } from '../config/postgres-url.js';
import { applyMigrations, isMigrated } from './apply-migrations.js';
import { type Database, DatabaseConnection, type Listening } from './database.js';
import { givingWay, MIGRATION_PATIENCE } from './giving-way.js';
import { HEARTBEAT, listenOn } from './listen-on.js';
import { locateSchema, type Run, type SchemaLocation } from './locate-schema.js';
import { OwnSchemaDialect } from './own-schema.js';
import { BEGIN, type DatabaseClient, inTransaction, type PoolUse, poolUseOf } from './postgres-pool.js';
import { PostgresServers } from './postgres-servers.js';
import { handleOnPool, handleWithin } from './postgres-session.js';
import { connectToServer } from './server-client.js';
import { ServerPool } from './server-pool.js';

const STATEMENT_TIMEOUT = 15_000;
/** A parameter of a connection's start, which a pooler may refuse. */
const STATEMENT_LIMIT = { statement_timeout: STATEMENT_TIMEOUT };

const logger = new Logger('Database');

/** PostgreSQL through a pool of node-postgres. */
export class PostgresConnection extends DatabaseConnection {
  readonly shared = true;
  readonly db: Database;
  readonly description: string;
  private readonly dialect: OwnSchemaDialect;

  private constructor(
    private readonly servers: PostgresServers,
    private readonly pool: ServerPool,
    private readonly location: SchemaLocation,
  ) {
    super();
    this.description = `PostgreSQL at ${servers.description}/${servers.target.database}`;
    this.dialect = new OwnSchemaDialect(() => location.schema);
    this.db = handleOnPool(pool, this.dialect);
  }

  override get poolUse(): PoolUse | undefined {
    return poolUseOf(this.pool);
  }

  get schema(): string {
    return this.location.schema;
  }

  /** @throws Error if the database cannot be reached: it is asked where the tables are, and whether it takes our limits */
  static async open(
    url: string,
    { poolMax, schema }: Pick<DatabaseConfig, 'poolMax' | 'schema'>,
  ): Promise<PostgresConnection> {
    const target = parsePostgresUrl(url);
    if (!target) throw new Error('its URL cannot be read');
    const servers = new PostgresServers(target);
    const locate = (run: Run) => locateSchema(run, schema);
    try {
      const location = await onConnection(servers, locate, STATEMENT_LIMIT);
      return new PostgresConnection(servers, openPool(servers, poolMax, STATEMENT_LIMIT), location);
    } catch (error) {
      if (!isRefusedLimit(error)) throw error;
    }
    const location = await onConnection(servers, async (run) => {
      await warnIfUnlimited(run);
      return locate(run);
    });
    return new PostgresConnection(servers, openPool(servers, poolMax, {}), location);
  }

  async ping(): Promise<void> {
    await this.pool.ping();
  }

  async listen(channel: string, notified: (payload: string) => void, lost: () => void): Promise<Listening> {
    const client = await connectToServer(this.servers, {
      query_timeout: HEARTBEAT,
      application_name: 'latchkey push',
      keepAlive: true,
    });
    const check = () => client.check();
    return listenOn({ client, check, notifier: this.pool }, { channel, notified, lost });
  }

  transaction<T>(work: (db: Database, client: DatabaseClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, (client) => work(this.within(client), client));
  }

  within(client: DatabaseClient): Database {
    return handleWithin(client, this.dialect);
  }

  migrate(folder: string): Promise<void> {
    return onConnection(this.servers, (run) => this.migrateOn(run, folder));
  }

  private migrateOn(run: Run, folder: string): Promise<void> {
    return givingWay(
      () => isMigrated(run, this.location, folder),
      () => this.migrateNow(run, folder),
    );
  }

  private async migrateNow(run: Run, folder: string): Promise<void> {
    // One transaction, also for the lock: a pooler may give the next one another connection.
    await run(BEGIN);
    try {
      await run('set local statement_timeout = 0');
      await run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`migrations ${this.schema}`]);
      await run(`set local lock_timeout = ${MIGRATION_PATIENCE}`);
      await applyMigrations(run, this.location, folder);
      await run('commit');
    } catch (error) {
      await run('rollback').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function openPool(servers: PostgresServers, max: number, limit: pg.PoolConfig): ServerPool {
  const pool = new ServerPool(servers, {
    ...limit,
    max,
    query_timeout: STATEMENT_TIMEOUT + 1_000,
    idleTimeoutMillis: 30_000,
    application_name: 'latchkey',
    keepAlive: true,
  });
  // A connection that breaks while idle is dropped by the pool; without a listener it would end the process.
  pool.on('error', (error) => logger.warn(`A database connection was lost: ${error.message}`));
  return pool;
}

/** As PgBouncer says it. */
function isRefusedLimit(error: unknown): boolean {
  return error instanceof Error && /unsupported startup parameter.*statement_timeout/i.test(error.message);
}

/** To set a limit later would reach other clients of the pooler, so it has to come from the role. */
async function warnIfUnlimited(run: Run): Promise<void> {
  const [row] = await run<{ timeout: string }>(`select current_setting('statement_timeout') as timeout`);
  if (row?.timeout !== '0') return;
  logger.warn(
    "The pooler limits no statement: ALTER ROLE … SET statement_timeout = '15s' does (docs/postgresql.md).",
  );
}

/**
 * A connection of its own, without time limits: waiting for another process's migrations may take long. Its end rolls back
 * what is not committed.
 */
async function onConnection<T>(
  servers: PostgresServers,
  work: (run: Run) => Promise<T>,
  settings: pg.ClientConfig = {},
): Promise<T> {
  const client = await connectToServer(servers, settings);
  try {
    return await work(async <Row>(statement: string, values?: unknown[]) => {
      const { rows } = await client.query(statement, values);
      return rows as Row[];
    });
  } finally {
    await client.end();
  }
}
