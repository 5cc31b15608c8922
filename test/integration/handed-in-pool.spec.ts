import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { configFromOptions } from '../../src/config/config-from-options.js';
import { ConfigurationError } from '../../src/config/configuration-error.js';
import { openMigratedDatabase } from '../../src/database/open-database.js';
import { PostgresPushChannel } from '../../src/push/postgres-push-channel.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { ManualClock } from './manual-clock.js';

const ADA = { name: 'Ada', email: 'ada@example.com', passwordHash: 'h', roles: ['user'] };
const SECRET = 'q0Zs8Yc1Jm5tVw3nKx7bLr2dHf6gPa9e';

describeWithPostgres('A pool that the application hands in', () => {
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeEach(async () => {
    database = await createDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const open = (migrate?: boolean, databaseSchema = 'auth') => {
    const config = configFromOptions({ appSecret: SECRET, databaseSchema }).database;
    return openMigratedDatabase(config, { pool, migrate });
  };

  it('has the schema that is configured migrated once, however many applications start at once', async () => {
    const opened = await Promise.all([open(), open(), open()]);
    expect(opened.map(({ schema }) => schema)).toEqual(['auth', 'auth', 'auth']);
    const users = new PostgresUsersRepository(opened[0], new ManualClock());
    const { id } = await users.create(ADA);
    const { rows } = await pool.query('select id from auth.users');
    expect(rows).toEqual([{ id }]);
  });

  it('is left as it is where migrations are left to the application, which does not start without them', async () => {
    await expect(open(false)).rejects.toThrow(
      new ConfigurationError([
        'database.migrate is false, and the schema "auth" lacks migrations: run `latchkey migrations run` on it first',
      ]),
    );
    expect((await pool.query(`select from pg_namespace where nspname = 'auth'`)).rowCount).toBe(0);
    await open();
    expect((await open(false)).schema).toBe('auth');
  });

  it('is told of by the names of options, with all of its connections given back', async () => {
    await pool.query('create schema team; create table team.users (id int)');
    await expect(open(true, 'team')).rejects.toThrow(
      /^databaseSchema cannot be used: the schema "team" holds/,
    );
    expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
    const { rows } = await pool.query('select current_setting($1) as path', ['search_path']);
    expect(rows).toEqual([{ path: '"$user", public' }]);
  });

  it('carries messages between instances on connections of their own', async () => {
    const [near, far] = [await open(), await open()].map((connection) => new PostgresPushChannel(connection));
    const heard = new Promise<string | undefined>((resolve) =>
      far?.subscribe('topic', (message) => message !== undefined && resolve(message)),
    );
    await Promise.all([near?.onModuleInit(), far?.onModuleInit()]);
    expect([near?.connected, far?.connected]).toEqual([true, true]);
    await near?.publish('topic', 'told');
    expect(await heard).toBe('told');
    expect(pool.totalCount - pool.idleCount).toBe(0);
    await Promise.all([near?.onApplicationShutdown(), far?.onApplicationShutdown()]);
  });

  it('loses no connection to a transaction that fails, or whose connection breaks', async () => {
    const connection = await open();
    const broken = connection.transaction(async (_, client) => {
      await client.query('select pg_terminate_backend(pg_backend_pid())');
    });
    await expect(broken).rejects.toMatchObject({ code: '57P01' });
    const failing = connection.transaction(() => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(pool.totalCount - pool.idleCount).toBe(0);
    await connection.ping();
  });
});
