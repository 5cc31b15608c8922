import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { DatabaseConnection } from '../../src/database/database.js';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { openDatabase, openMigratedDatabase } from '../../src/database/open-database.js';
import { lockKey } from '../../src/database/own-schema.js';
import { PostgresPushChannel } from '../../src/push/postgres-push-channel.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { temporaryDirectory } from '../support/test-config.js';
import { describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

const ADA = { name: 'Ada', email: 'ada@example.com', passwordHash: 'h', roles: ['user'] };

const usersOf = (connection: DatabaseConnection) =>
  new PostgresUsersRepository(connection, new ManualClock());

/** As versions before had it: all tables, and the list of migrations, in `public`. */
const olderInstallation = { schema: 'public' };

describeWithPostgres('The tables of an installation on PostgreSQL', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let opened: DatabaseConnection[];
  let roles: string[];

  beforeEach(async () => {
    database = await createDatabase();
    owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    opened = [];
    roles = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((connection) => connection.close()));
    for (const role of roles) await owner.query(`drop owned by ${role}; drop role ${role}`);
    await owner.end();
    await database.drop();
  });

  async function open(settings: { schema?: string; url?: string } = {}): Promise<DatabaseConnection> {
    const connection = await openMigratedDatabase({
      url: database.url,
      poolMax: 3,
      directory: '',
      schema: undefined,
      ...settings,
    });
    opened.push(connection);
    return connection;
  }

  /** A role that may log in, and of itself nothing else. */
  async function makeRole(): Promise<{ role: string; url: string }> {
    const role = `latchkey_test_${randomBytes(8).toString('hex')}`;
    const password = randomBytes(8).toString('hex');
    await owner.query(`create role ${role} login password '${password}'`);
    roles.push(role);
    const url = new URL(database.url);
    Object.assign(url, { username: role, password });
    return { role, url: url.href };
  }

  const schemasWithTables = async (client: pg.Client = owner) => {
    const { rows } = await client.query<{ schema: string }>(
      `select distinct table_schema as schema from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') order by 1`,
    );
    return rows.map(({ schema }) => schema);
  };

  it('are all in a schema of their own', async () => {
    const connection = await open();
    await usersOf(connection).create(ADA);
    expect(await schemasWithTables()).toEqual(['latchkey']);
  });

  it('stand beside the tables of a team that have the same names', async () => {
    await owner.query('create table users (id int primary key); create table sessions (id int)');
    const user = await usersOf(await open()).create(ADA);
    expect(await usersOf(await open()).findById(user.id)).toMatchObject({ email: ADA.email });
    expect((await owner.query('select * from public.users')).rows).toEqual([]);
  });

  it.each(['The team\'s "auth"', 'SELECT', 'öffentlich', '$1', 'a.b'])(
    'can be in a schema called %s',
    async (schema) => {
      const connection = await open({ schema });
      const user = await usersOf(connection).create(ADA);
      expect(await usersOf(connection).findById(user.id)).toMatchObject({ roles: ['user'] });
      await connection.db.execute(sql`select pg_advisory_xact_lock(${lockKey('test')})`);
      expect(await schemasWithTables()).toEqual([schema]);
    },
  );

  it('stay in public where an earlier version made them', async () => {
    const user = await usersOf(await open(olderInstallation)).create(ADA);

    const upgraded = await open();
    expect(upgraded.schema).toBe('public');
    expect(await usersOf(upgraded).findByEmail(ADA.email)).toMatchObject({ id: user.id });
    expect(await schemasWithTables()).toEqual(['public']);
  });

  it('stay where the search_path of the role led an earlier version', async () => {
    await open({ schema: 'team' });
    await owner.query('alter table team.latchkey_migrations set schema public');
    const url = new URL(database.url);
    url.searchParams.set('options', '-c search_path=team');

    const upgraded = await open({ url: url.href });
    expect(upgraded.schema).toBe('team');
    expect(await usersOf(upgraded).create(ADA)).toMatchObject({ email: ADA.email });
  });

  it('are made in the schema that is configured, although an installation is in public', async () => {
    await usersOf(await open(olderInstallation)).create(ADA);
    const other = await open({ schema: 'latchkey' });
    expect(await usersOf(other).findByEmail(ADA.email)).toBeUndefined();
  });

  it('are used by a role that may do nothing outside of their schema', async () => {
    const { role, url } = await makeRole();
    await owner.query(
      `create schema latchkey authorization ${role}; revoke all on schema public from public`,
    );
    // Another installation's, which the role must not read.
    await open(olderInstallation);

    const connection = await open({ url });
    expect(connection.schema).toBe('latchkey');
    const user = await usersOf(connection).create(ADA);
    expect(await usersOf(connection).findById(user.id)).toMatchObject({ email: ADA.email });
    await expect(connection.db.execute(sql`create schema other`)).rejects.toThrow('create schema');
  });

  it('are told to be missing, with what to do, where the role may not make the schema', async () => {
    const { url } = await makeRole();
    await expect(open({ url })).rejects.toThrow(
      'DATABASE_SCHEMA cannot be used: there is no schema "latchkey", and the role may not make it (as owner of the database: CREATE SCHEMA "latchkey" AUTHORIZATION <role>)',
    );
  });

  it('are not mixed with what a team has in the schema that is configured', async () => {
    await owner.query('create schema team; create table team.users (id int)');
    await expect(open({ schema: 'team' })).rejects.toThrow(
      'DATABASE_SCHEMA cannot be used: the schema "team" holds something that is not Latchkey\'s (relation "users" already exists); choose another',
    );
    const { rows } = await owner.query(
      `select table_name from information_schema.tables where table_schema = 'team'`,
    );
    expect(rows).toEqual([{ table_name: 'users' }]);
  });

  it('do not meet those of another installation in the same database: users, locks, messages', async () => {
    const [first, second] = [await open({ schema: 'first' }), await open({ schema: 'second' })];
    await usersOf(first).create(ADA);
    expect(await usersOf(second).findByEmail(ADA.email)).toBeUndefined();

    const take = sql`select pg_try_advisory_xact_lock(${lockKey('purge')}) as held`;
    await first.db.transaction(async (transaction) => {
      expect(await transaction.execute(take)).toMatchObject({ rows: [{ held: true }] });
      expect(await first.db.execute(take)).toMatchObject({ rows: [{ held: false }] });
      expect(await second.db.execute(take)).toMatchObject({ rows: [{ held: true }] });
    });

    const channels = [first, first, second].map((connection) => new PostgresPushChannel(connection));
    const [sender, near, far] = channels as [PostgresPushChannel, PostgresPushChannel, PostgresPushChannel];
    const heard: string[] = [];
    far.subscribe('topic', (message) => heard.push(`far: ${message}`));
    const arrived = new Promise<void>((resolve) =>
      near.subscribe('topic', (message) => {
        heard.push(`near: ${message}`);
        if (message === 'last') resolve();
      }),
    );
    await Promise.all(channels.map((channel) => channel.onModuleInit()));
    heard.length = 0;
    await sender.publish('topic', 'told');
    await far.publish('topic', 'own');
    await sender.publish('topic', 'last');
    await arrived;
    await Promise.all(channels.map((channel) => channel.onApplicationShutdown()));
    expect(heard.toSorted()).toEqual(['far: own', 'near: last', 'near: told']);
  });

  it('are migrated while another installation in the same database is', async () => {
    await owner.query('begin');
    await owner.query(`select pg_advisory_xact_lock(hashtextextended('migrations first', 0))`);
    // Would wait for the end of the transaction if they shared a lock.
    expect((await open({ schema: 'second' })).schema).toBe('second');
    await owner.query('commit');
  });
});

describeOnEachDatabase('A migrated database', (open) => {
  it('has its tables in the schema latchkey', async () => {
    const database = await open();
    try {
      const [{ schema, db }] = database.connections;
      expect(schema).toBe('latchkey');
      expect(await db.execute(sql`select count(*)::int as n from latchkey.users`)).toMatchObject({
        rows: [{ n: 0 }],
      });
    } finally {
      await database.remove();
    }
  });
});

it('An embedded database that an earlier version made stays as it is', async () => {
  const directory = temporaryDirectory();
  const settings = { url: undefined, poolMax: 1, directory: `${directory.path}/database`, schema: undefined };
  try {
    const older = await openMigratedDatabase({ ...settings, ...olderInstallation });
    const user = await usersOf(older).create(ADA);
    await older.close();

    const upgraded = await openDatabase(settings);
    await upgraded.migrate(MIGRATIONS_FOLDER);
    expect(upgraded.schema).toBe('public');
    expect(await usersOf(upgraded).findById(user.id)).toMatchObject({ email: ADA.email });
    await upgraded.close();
  } finally {
    directory.remove();
  }
});
