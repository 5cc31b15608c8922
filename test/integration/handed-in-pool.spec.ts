import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'drizzle-orm';
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

const configFor = (databaseSchema: string) =>
  configFromOptions({ appSecret: SECRET, databaseSchema }).database;

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

  const open = (migrate?: boolean, databaseSchema = 'auth') =>
    openMigratedDatabase(configFor(databaseSchema), { pool, migrate });

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

  describe('with settings of its own', () => {
    let strict: pg.Pool;

    afterEach(() => strict.end());

    const openWith = (config: pg.PoolConfig) => {
      strict = new pg.Pool({ connectionString: database.url, max: 1, ...config });
      return openMigratedDatabase(configFor('auth'), { pool: strict });
    };

    it('has transactions begun as Latchkey needs them, but none that writes where it may not, and warns of other defaults', async () => {
      const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      const connection = await openWith({ options: '-c default_transaction_isolation=serializable' });
      expect(warned.mock.calls).toEqual([
        [
          'The default_transaction_isolation of the pool is serializable: requests that come at once may fail.',
        ],
      ]);
      // As an operator stops the writes of a server.
      await strict.query('set default_transaction_read_only = on');
      const level = `select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as read_only`;
      const asBegun = { rows: [{ isolation: 'read committed', read_only: 'on' }] };
      await connection.transaction(async (_, client) => {
        expect(await client.query(level)).toMatchObject(asBegun);
      });
      await connection.db.transaction(async (db) => {
        expect(await db.execute(sql.raw(level))).toMatchObject(asBegun);
      });
    });

    const unfit: [pg.ClientConfig & { binary?: boolean }, RegExp][] = [
      [{ options: '-c default_transaction_read_only=on' }, /^database\.pool takes no writes/],
      [{ options: '-c datestyle=german' }, /^database\.pool writes times in the style German, DMY/],
      [{ binary: true }, /^database\.pool must not be binary/],
    ];

    it.each(unfit)(
      'is refused at the start where Latchkey could not work on it: %j',
      async (config, problem) => {
        await expect(openWith(config)).rejects.toThrow(problem);
        expect(strict.totalCount - strict.idleCount).toBe(0);
      },
    );

    it('is read rightly whatever parsers it has, or the process', async () => {
      const types = { getTypeParser: () => () => 'hostile' };
      const connection = await openWith({ types, options: '-c bytea_output=escape' });
      expect((await openMigratedDatabase(configFor('auth'), { pool: strict, migrate: false })).schema).toBe(
        'auth',
      );
      const { rows } = (await connection.db.execute(sql`
        select true as yes, 1::int4 as number, 9007199254740993::int8 as big, 1.50::numeric as exact, '{"a":[1]}'::jsonb as json,
          '\\x5c00ff41'::bytea as bytes, '{a,NULL,"b c"}'::text[] as texts, '{{1},{2}}'::int4[] as numbers, '{t,f}'::bool[] as truths,
          array['\\x01'::bytea] as blobs, '2030-01-01T00:00:00Z'::timestamptz at time zone 'UTC' as time`)) as {
        rows: unknown[];
      };
      expect(rows).toEqual([
        {
          yes: true,
          number: 1,
          big: '9007199254740993',
          exact: '1.50',
          json: { a: [1] },
          bytes: Buffer.from([92, 0, 255, 65]),
          texts: ['a', null, 'b c'],
          numbers: [[1], [2]],
          truths: [true, false],
          blobs: [Buffer.from([1])],
          time: '2030-01-01 00:00:00',
        },
      ]);
    });
  });
});
