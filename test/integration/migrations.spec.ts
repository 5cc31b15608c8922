import { randomUUID } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import type { DatabaseConnection } from '../../src/database/database.js';
import { MIGRATIONS_FOLDER, MIGRATIONS_TABLE } from '../../src/database/migrations.js';
import { openDatabase } from '../../src/database/open-database.js';
import { TeamPoolConnection } from '../../src/database/team-pool-connection.js';
import { PostgresRevocationStore } from '../../src/tokens/revocation/postgres-revocation-store.js';
import { revocations } from '../../src/tokens/revocation/revocations.table.js';
import { sessions as sessionRows } from '../../src/tokens/sessions/sessions.table.js';
import { PostgresSessionsRepository } from '../../src/tokens/sessions/postgres-sessions.repository.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { temporaryDirectory } from '../support/test-config.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { openNetwork, untilWaiting } from './network.js';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

type Migrator = Pick<DatabaseConnection, 'migrate'>;

interface ColumnRow {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
}

/** Writes the migrations there are to a directory, and one more. */
function addMigration(directory: string, statement: string): void {
  cpSync(MIGRATIONS_FOLDER, directory, { recursive: true });
  const file = join(directory, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as {
    entries: { idx: number; when: number; tag: string }[];
  };
  const { idx = 0, when = 0, ...last } = entries.at(-1) ?? {};
  const entry = { ...last, idx: idx + 1, when: when + 1, tag: '9999_later' };
  writeFileSync(file, JSON.stringify({ ...rest, entries: [...entries, entry] }));
  writeFileSync(join(directory, '9999_later.sql'), statement);
}

describeWithPostgres('Migrations of a fresh PostgreSQL database', () => {
  let database: TestDatabase;
  let connections: DatabaseConnection[];
  let clients: { end(): Promise<void> }[];

  beforeEach(async () => {
    database = await createDatabase();
    connections = [];
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await Promise.all(clients.map((client) => client.end()));
    await database.drop();
  });

  async function connect(): Promise<DatabaseConnection> {
    const connection = await openDatabase({
      url: database.url,
      poolMax: 3,
      directory: '',
      schema: undefined,
    });
    connections.push(connection);
    return connection;
  }

  async function connectInPool(): Promise<Migrator> {
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    clients.push(pool);
    return TeamPoolConnection.open(pool, 'latchkey');
  }

  async function newClient(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url });
    clients.push(client);
    await client.connect();
    return client;
  }

  it('are applied once when 5 processes start at once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, connect));
    await Promise.all(all.map((connection) => connection.migrate(MIGRATIONS_FOLDER)));

    expect(await appliedMigrations(all[0])).toEqual(journal());
    expect(await rows(all[4], sql`select name from latchkey.roles order by name`)).toEqual([
      { name: 'admin' },
      { name: 'user' },
    ]);
  });

  it.each<[string, () => Promise<Migrator>]>([
    ['of its own', connect],
    ['of the application’s', connectInPool],
  ])('give way to requests, on connections %s', async (_, open) => {
    const migrator = await open();
    await migrator.migrate(MIGRATIONS_FOLDER);
    const [reader, request, observer] = await Promise.all([newClient(), newClient(), newClient()]);
    await reader.query('begin');
    await reader.query('lock latchkey.users in access share mode');
    const later = temporaryDirectory();
    addMigration(later.path, 'ALTER TABLE "users" ADD COLUMN "later" text;');
    const migrating = migrator.migrate(later.path);
    await untilWaiting(observer, 1);

    // Behind the migration, which waits for the reader.
    await request.query('select from latchkey.users');
    await reader.query('commit');
    await migrating;
    await request.query('select later from latchkey.users');
    later.remove();
  });

  it('leave no lock behind for the processes that start later', async () => {
    await (await connect()).migrate(MIGRATIONS_FOLDER);
    const later = await connect();
    await later.migrate(MIGRATIONS_FOLDER);

    expect(await appliedMigrations(later)).toEqual(journal());
    expect(
      await rows(
        later,
        sql`select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
      ),
    ).toEqual([]);
  });
});

describeWithPostgres('Migrations of a database of an earlier version', () => {
  let database: TestDatabase;
  let connection: DatabaseConnection;
  const directory = temporaryDirectory();

  beforeEach(async () => {
    database = await createDatabase();
    connection = await openDatabase({ url: database.url, poolMax: 3, directory: '', schema: undefined });
  });
  afterEach(async () => {
    await connection.close();
    await database.drop();
    directory.remove();
  });

  /** Applies those before the one of that name. */
  async function migrateUpTo(tag: string): Promise<void> {
    const { entries, ...rest } = JSON.parse(
      readFileSync(join(MIGRATIONS_FOLDER, 'meta/_journal.json'), 'utf8'),
    ) as { entries: { tag: string }[] };
    cpSync(MIGRATIONS_FOLDER, directory.path, { recursive: true });
    const before = {
      ...rest,
      entries: entries.slice(
        0,
        entries.findIndex((entry) => entry.tag === tag),
      ),
    };
    writeFileSync(join(directory.path, 'meta/_journal.json'), JSON.stringify(before));
    await connection.migrate(directory.path);
  }

  it('give the signing keys their times: each signed until the next was made, the last one still does', async () => {
    await migrateUpTo('0001_signing_key_lifecycle');
    await connection.db.execute(
      sql`insert into latchkey.signing_keys (kid, alg, public_jwk, sealed_private_key, created_at)
          values ('a', 'ES256', '{}', '', '2026-01-01'), ('b', 'RS256', '{}', '', '2026-01-02')`,
    );
    await connection.migrate(MIGRATIONS_FOLDER);

    expect(
      await rows(
        connection,
        sql`select kid, signs_from = created_at as "from", signs_until = '2026-01-02' as until
            from latchkey.signing_keys order by kid`,
      ),
    ).toEqual([
      { kid: 'a', from: true, until: true },
      { kid: 'b', from: true, until: null },
    ]);
  });

  it('leave sessions and access tokens alive, also those that an instance of before gives out beside them', async () => {
    const subject = randomUUID();
    const [ended, later] = [Date.now() - 60_000, Date.now()];
    /** As an instance of before opens it. @returns its access token */
    const open = async (time: number) => {
      const sessionId = randomUUID();
      await connection.db.execute(
        sql`insert into latchkey.sessions (id, subject, generation, secret_hash, created_at, last_used_at, idle_expires_at, expires_at)
            select ${sessionId}, ${subject}, 0, '', at, at, at + interval '1 day', at + interval '1 day'
            from (select ${new Date(time).toISOString()}::timestamptz as at) s`,
      );
      return { sessionId, subject, tokenId: randomUUID(), issuedAt: time };
    };
    await migrateUpTo('0015_session_eras');
    const before = await open(ended - 2000);
    await connection.migrate(MIGRATIONS_FOLDER);
    const beside = await open(ended - 1000);
    const sessions = new PostgresSessionsRepository(connection);
    const store = new PostgresRevocationStore(connection.db, connection);
    const all = [before, beside];
    const openIds = async () =>
      (await sessions.findOpen(subject, new Date(later), { limit: 9 })).map(({ id }) => id);
    const areRevoked = () => Promise.all(all.map((token) => store.isRevoked(token)));
    expect([await openIds(), await areRevoked()]).toEqual([
      [beside.sessionId, before.sessionId],
      [false, false],
    ]);

    const now = new Date(ended);
    await sessions.endAll(subject, { reason: 'logout_all', now, revokedUntil: new Date(later + 60_000) });
    // As of sessions that are too many to be ended one by one in the same step.
    await connection.db.delete(revocations);
    await connection.db.update(sessionRows).set({ endedAt: null });
    all.push(await open(later));
    expect([await openIds(), await areRevoked()]).toEqual([[all[2]?.sessionId], [true, true, false]]);
  });
});

describe('Migrations of an embedded database', () => {
  const directory = temporaryDirectory();
  const database = {
    url: undefined,
    poolMax: 1,
    directory: join(directory.path, 'database'),
    schema: undefined,
  };
  let connection: DatabaseConnection;

  beforeAll(async () => {
    connection = await openDatabase(database);
  });
  afterAll(async () => {
    await connection.close();
    directory.remove();
  });

  it('are those that an earlier version did not have', async () => {
    const folder = join(directory.path, 'migrations');
    cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
    const file = join(folder, 'meta/_journal.json');
    const { entries, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { entries: unknown[] };
    writeFileSync(file, JSON.stringify({ ...rest, entries: entries.slice(0, -1) }));
    await connection.migrate(folder);
    expect(await appliedMigrations(connection)).toEqual(journal().slice(0, -1));

    await connection.migrate(MIGRATIONS_FOLDER);
    expect(await appliedMigrations(connection)).toEqual(journal());
  });

  it('are none after a later version', async () => {
    const later = (journal().at(-1) ?? 0) + 1;
    await connection.db.execute(
      sql`insert into latchkey.${sql.identifier(MIGRATIONS_TABLE)} (hash, created_at) values ('later', ${later})`,
    );
    await connection.migrate(MIGRATIONS_FOLDER);
    expect(await appliedMigrations(connection)).toEqual([...journal(), later]);
  });
});

describeWithPostgres('Migrations while another process migrates', () => {
  let database: TestDatabase;
  let other: pg.Client;
  let connections: DatabaseConnection[];

  beforeEach(async () => {
    database = await createDatabase();
    other = new pg.Client({ connectionString: database.url });
    await other.connect();
    const config = { url: database.url, poolMax: 3, directory: '', schema: undefined };
    connections = [await openDatabase(config), await openDatabase(config)];
  });
  afterEach(async () => {
    jest.useRealTimers();
    await other.end();
    await Promise.all(connections.map((connection) => connection.close()));
    await database.drop();
  });

  it('wait for it longer than any other statement may take', async () => {
    await other.query('begin');
    await other.query('create schema latchkey');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    // One of them waits for the transaction above, as if its migrations took long, and the other one for the first.
    const migrations = Promise.allSettled(connections.map((each) => each.migrate(MIGRATIONS_FOLDER)));
    await untilWaiting(other, connections.length);
    jest.advanceTimersByTime(60_000);
    await other.query('rollback');

    expect((await migrations).filter((outcome) => outcome.status === 'rejected')).toEqual([]);
    expect(await appliedMigrations(connections[0])).toEqual(journal());
  });

  it('fail, and no more than that, when the connection breaks', async () => {
    const network = await openNetwork(database.url);
    const cutOff = await openDatabase({ url: network.url, poolMax: 3, directory: '', schema: undefined });
    connections.push(cutOff);
    await other.query('begin');
    await other.query('create schema latchkey');
    const migration = cutOff.migrate(MIGRATIONS_FOLDER).then(
      () => 'migrated',
      () => 'failed',
    );
    await untilWaiting(other, 1);
    network.breakDown();
    network.close();

    expect(await migration).toBe('failed');
    await other.query('rollback');
    await connections[0]?.migrate(MIGRATIONS_FOLDER);
    expect(await appliedMigrations(connections[0])).toEqual(journal());
  });
});

describeOnEachDatabase(
  'Migrations',
  (open) => {
    let database: DatabaseUnderTest;
    let connection: DatabaseConnection;

    beforeAll(async () => {
      database = await open();
      [connection] = database.connections;
    });
    afterAll(() => database?.remove());

    it('are applied once, however often they are run', async () => {
      await connection.migrate(MIGRATIONS_FOLDER);
      await connection.migrate(MIGRATIONS_FOLDER);

      expect(await appliedMigrations(connection)).toEqual(journal());
    });

    it('keep the data when they are run again after a restart', async () => {
      await connection.db.execute(
        sql`insert into latchkey.roles (name, scopes, description) values ('team', '{a:b}', '')`,
      );
      await database.restart();
      [connection] = database.connections;

      expect(
        await rows(connection, sql`select to_json(scopes) as scopes from latchkey.roles where name = 'team'`),
      ).toEqual([{ scopes: ['a:b'] }]);
      expect(await appliedMigrations(connection)).toEqual(journal());
    });

    it('make the tables that the sources describe, and no others', async () => {
      const described = (await describedTables()).map((table) => getTableConfig(table).name);
      const made = (await columns(connection)).map((row) => row.table);

      expect([...new Set(made)].toSorted()).toEqual([...described, MIGRATIONS_TABLE].toSorted());
    });

    it('make every column with the type and nullability that the sources describe', async () => {
      const described = (await describedTables()).flatMap((table): ColumnRow[] => {
        const { name, columns: own } = getTableConfig(table);
        return own.map((column) => ({
          table: name,
          column: column.name,
          // Drizzle writes `timestamp (3)`, the database `timestamp(3)`.
          type: column.getSQLType().replace(' (', '('),
          nullable: !column.notNull,
        }));
      });
      const made = await columns(connection);

      expect(made.filter((row) => row.table !== MIGRATIONS_TABLE)).toEqual(
        described.toSorted((a, b) => compare(a.table, b.table) || compare(a.column, b.column)),
      );
    });

    it('make the primary keys that the sources describe', async () => {
      const described = (await describedTables()).map((table) => {
        const { name, columns: own, primaryKeys } = getTableConfig(table);
        const several = primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
        const single = own.filter((column) => column.primary).map((column) => column.name);
        return { table: name, columns: [...single, ...several] };
      });
      const made = await rows(
        connection,
        sql`select t.table_name as table, json_agg(k.column_name::text order by k.ordinal_position) as columns
          from information_schema.table_constraints t
          join information_schema.key_column_usage k using (constraint_schema, constraint_name)
          where t.constraint_type = 'PRIMARY KEY' and t.table_schema = 'latchkey'
            and t.table_name <> ${MIGRATIONS_TABLE}
          group by t.table_name order by t.table_name`,
      );

      expect(made).toEqual(described.toSorted((a, b) => compare(a.table, b.table)));
    });

    it('make the indexes that the sources describe, unique where they say so', async () => {
      const described = (await describedTables()).flatMap((table) => {
        const { name, indexes } = getTableConfig(table);
        return indexes.map(({ config }) => ({ table: name, index: config.name, unique: config.unique }));
      });
      const made = await rows(
        connection,
        sql`select t.relname as table, i.relname as index, x.indisunique as unique
          from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
          where t.relnamespace = 'latchkey'::regnamespace and not x.indisprimary order by i.relname`,
      );

      expect(made).toEqual(described.toSorted((a, b) => compare(a.index ?? '', b.index ?? '')));
    });
  },
  { migratedBefore: false },
);

/** Every table of every `*.table.ts`, so that a new one cannot be forgotten here. */
async function describedTables(): Promise<PgTable[]> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  const modules = await Promise.all(
    files
      .filter((file) => file.endsWith('.table.ts'))
      .map((file) => import(join(SOURCES, file)) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((exported) =>
    Object.values(exported).filter((value): value is PgTable => is(value, PgTable)),
  );
}

async function columns(connection: DatabaseConnection): Promise<ColumnRow[]> {
  return (await rows(
    connection,
    sql`select c.table_name as table, c.column_name as column, c.is_nullable = 'YES' as nullable,
          format_type(a.atttypid, a.atttypmod) as type
        from information_schema.columns c
        join pg_attribute a on a.attrelid = format('%I.%I', c.table_schema, c.table_name)::regclass and a.attname = c.column_name
        where c.table_schema = 'latchkey' order by c.table_name collate "C", c.column_name collate "C"`,
  )) as unknown as ColumnRow[];
}

async function appliedMigrations(connection: DatabaseConnection | undefined): Promise<number[]> {
  const applied = await rows(
    connection,
    sql`select created_at from latchkey.${sql.identifier(MIGRATIONS_TABLE)} order by id`,
  );
  return applied.map((row) => Number(row['created_at']));
}

/** The times by which Drizzle knows the migrations. */
function journal(): number[] {
  const { entries } = JSON.parse(readFileSync(join(MIGRATIONS_FOLDER, 'meta/_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  return entries.map((entry) => entry.when);
}

async function rows(
  connection: DatabaseConnection | undefined,
  query: ReturnType<typeof sql>,
): Promise<Record<string, unknown>[]> {
  const result = (await connection?.db.execute(query)) as { rows: Record<string, unknown>[] };
  return result.rows;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
