import { Logger } from '@nestjs/common';
import pg from 'pg';
import { ConfigurationError } from '../config/configuration-error.js';
import { applyMigrations, isMigrated } from './apply-migrations.js';
import { type Database, DatabaseConnection, type Listening } from './database.js';
import { givingWay, MIGRATION_PATIENCE } from './giving-way.js';
import { HEARTBEAT, listenOn } from './listen-on.js';
import { locateSchema, type Run, type SchemaLocation } from './locate-schema.js';
import { OwnSchemaDialect } from './own-schema.js';
import {
  type DatabaseClient,
  inTransaction,
  type PostgresPool,
  type PoolUse,
  poolUseOf,
} from './postgres-pool.js';
import { handleOnPool, handleWithin, typed } from './postgres-session.js';
import { IS_READ_ONLY, refuseReadOnly } from './read-only.js';

/** PostgreSQL through a pool of the application's, of which nothing is closed here, and on which no setting is left. */
export class TeamPoolConnection extends DatabaseConnection {
  readonly shared = true;
  readonly db: Database;
  readonly description = "PostgreSQL, by the application's pool";
  private readonly dialect: OwnSchemaDialect;

  private constructor(
    private readonly pool: PostgresPool,
    private readonly location: SchemaLocation,
  ) {
    super();
    this.dialect = new OwnSchemaDialect(() => location.schema);
    this.db = handleOnPool(pool, this.dialect);
  }

  override get poolUse(): PoolUse | undefined {
    return poolUseOf(this.pool);
  }

  get schema(): string {
    return this.location.schema;
  }

  /**
   * @param configured see DatabaseConfig.schema
   * @throws ConfigurationError if Latchkey could not work on its connections
   * @throws Error if the database cannot be reached
   */
  static async open(pool: PostgresPool, configured: string | undefined): Promise<TeamPoolConnection> {
    const run = runner(pool);
    await refuseUnfit(pool, run);
    return new TeamPoolConnection(pool, await locateSchema(run, configured));
  }

  async ping(): Promise<void> {
    refuseReadOnly(await runner(this.pool)<{ readOnly: boolean }>(IS_READ_ONLY));
  }

  /** Not on one of the pool's: it would be missing there, and the pool's end would wait for it. */
  async listen(channel: string, notified: (payload: string) => void, lost: () => void): Promise<Listening> {
    const options = this.pool.options as pg.PoolConfig;
    const { Client = pg.Client } = options as { readonly Client?: typeof pg.Client };
    const client = new Client({
      ...options,
      // Which a pool keeps from being listed.
      ...(options.password !== undefined && { password: options.password }),
      query_timeout: HEARTBEAT,
      application_name: 'latchkey push',
      keepAlive: true,
    });
    // Told by its end, never thrown.
    client.on('error', () => undefined);
    await client.connect();
    const check = () => client.query('select 1');
    return listenOn({ client, check, notifier: this.pool }, { channel, notified, lost });
  }

  transaction<T>(work: (db: Database, client: DatabaseClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, (client) => work(this.within(client), client));
  }

  within(client: DatabaseClient): Database {
    return handleWithin(client, this.dialect);
  }

  /** @throws ConfigurationError if a migration is missing */
  async refuseUnmigrated(folder: string): Promise<void> {
    if (await this.isMigrated(folder)) return;
    throw new ConfigurationError([
      `database.migrate is false, and the schema "${this.schema}" lacks migrations: run \`latchkey migrations run\` on it first`,
    ]);
  }

  migrate(folder: string): Promise<void> {
    return givingWay(
      () => this.isMigrated(folder),
      () => inTransaction(this.pool, (client) => this.migrateOn(runner(client), folder)),
    );
  }

  private async migrateOn(run: Run, folder: string): Promise<void> {
    // Those of the pool are for requests; another process's migrations may take long.
    for (const limit of ['statement_timeout', 'lock_timeout', 'transaction_timeout'])
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order
      await run(`select set_config(name, '0', true) from pg_settings where name = $1`, [limit]);
    await run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`migrations ${this.schema}`]);
    await run(`set local lock_timeout = ${MIGRATION_PATIENCE}`);
    await applyMigrations(run, this.location, folder);
  }

  /** What is open is the application's. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  private isMigrated(folder: string): Promise<boolean> {
    return isMigrated(runner(this.pool), this.location, folder);
  }
}

/** What transactions set for themselves, single statements take as it is. */
async function refuseUnfit({ options }: PostgresPool, run: Run): Promise<void> {
  if ('binary' in options && options.binary === true)
    throw new ConfigurationError(['database.pool must not be binary: Latchkey reads results as texts']);
  const [defaults] = await run<Record<'readOnly' | 'dates' | 'isolation', string>>(
    `select current_setting('transaction_read_only') as "readOnly", current_setting('DateStyle') as dates,
       current_setting('transaction_isolation') as isolation`,
  );
  if (defaults?.readOnly === 'on')
    throw new ConfigurationError([
      'database.pool takes no writes (transaction_read_only is on): its server is a standby, or default_transaction_read_only is set',
    ]);
  if (!defaults?.dates.startsWith('ISO'))
    throw new ConfigurationError([
      `database.pool writes times in the style ${defaults?.dates}, which Latchkey does not read: DateStyle must be ISO`,
    ]);
  if (defaults.isolation === 'read committed') return;
  new Logger('Database').warn(
    `The default_transaction_isolation of the pool is ${defaults.isolation}: requests that come at once may fail.`,
  );
}

/** With parsers of ours: those of the pool, or of the process, may be anything. */
function runner(client: DatabaseClient): Run {
  const own = typed(client);
  return async <Row>(statement: string, values?: unknown[]) => (await own.query<Row>(statement, values)).rows;
}
