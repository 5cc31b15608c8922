import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import pg from 'pg';
import type { DatabaseConnection } from '../../src/database/database.js';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { openDatabase, openMigratedDatabase } from '../../src/database/open-database.js';
import { BATCH_SIZE, purgeBatch } from '../../src/database/purge/purge-batch.js';
import { type Purged, StoragePurge } from '../../src/database/purge/storage-purge.js';
import { expiredSigningKeys, signingKeys } from '../../src/tokens/keys/signing-keys.table.js';
import { EXPIRED_ONE_TIME_TOKENS, oneTimeTokens } from '../../src/tokens/one-time/one-time-tokens.table.js';
import { expiredRevocations, revocations } from '../../src/tokens/revocation/revocations.table.js';
import { NO_GRANT, type Session } from '../../src/tokens/sessions/session.js';
import { EXPIRED_SESSIONS, sessions } from '../../src/tokens/sessions/sessions.table.js';
import { describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { copyMigratedDirectory, createMigratedDatabase } from '../support/services/migrated-database.js';
import { startPostgresServer } from '../support/services/start-postgres.js';
import { temporaryDirectory, testConfig } from '../support/test-config.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

const DAY = 86_400_000;
/** Of an access token, and of its revocation. */
const LIFE = 16 * 60_000;
const CONFIG = testConfig('unused', { APP_SECRET: randomBytes(32).toString('base64') }).tokens;
/** The advisory lock of the purge. */
const LOCK = "hashtextextended('purge latchkey', 0)";

const EXPIRED_REVOCATIONS = expiredRevocations(() => LIFE);

function purgeOn(connection: DatabaseConnection, clock: ManualClock): StoragePurge {
  const purge = new StoragePurge(connection.db, connection, clock);
  const keys = expiredSigningKeys(CONFIG.clockLeeway);
  purge.declare(...EXPIRED_SESSIONS, EXPIRED_REVOCATIONS, EXPIRED_ONE_TIME_TOKENS, keys);
  return purge;
}

/** What a run answers that has deleted so many of each. */
const purged = (counts: Record<string, number>, yielded = false): Purged => ({
  counts: { sessions: 0, revocations: 0, 'one-time tokens': 0, 'signing keys': 0, ...counts },
  yielded,
});

/** A session that is open and in use. */
function sessionAt(now: number, times: Partial<Session> = {}): Session {
  return {
    id: randomUUID(),
    subject: randomUUID(),
    generation: 0,
    secretHash: '',
    graceUntil: null,
    createdAt: new Date(now),
    lastUsedAt: new Date(now),
    idleExpiresAt: new Date(now + DAY),
    expiresAt: new Date(now + DAY),
    endedAt: null,
    endReason: null,
    reauthenticatedAt: null,
    methods: null,
    era: 0,
    ...NO_GRANT,
    ip: null,
    userAgent: null,
    ...times,
  };
}

function revocationUntil(expiresAt: number) {
  const times = { revokedAt: new Date(0), expiresAt: new Date(expiresAt) };
  return { kind: 'session' as const, id: randomUUID(), ...times };
}

/** Rows that are long due. */
async function seed({ db }: DatabaseConnection, count: number): Promise<void> {
  await db.execute(sql`
    insert into latchkey.sessions (id, subject, generation, secret_hash, created_at, last_used_at, idle_expires_at, expires_at, ended_at)
    select gen_random_uuid(), 'someone', 0, repeat('x', 43), '2029-01-01', '2029-01-01', '2029-01-02', '2029-02-01', '2029-01-01'
    from generate_series(1, ${count}::int)`);
  await db.execute(sql`
    insert into latchkey.revocations (kind, id, revoked_at, expires_at)
    select 'session', gen_random_uuid(), '2029-01-01', '2029-01-02' from generate_series(1, ${count}::int)`);
}

describeOnEachDatabase('The purge', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;
  let clock: ManualClock;

  beforeAll(async () => {
    database = await open(2);
    [connection] = database.connections;
  });
  beforeEach(async () => {
    clock = new ManualClock();
    await connection.db.execute(
      sql`truncate latchkey.sessions, latchkey.revocations, latchkey.one_time_tokens, latchkey.signing_keys`,
    );
  });
  afterAll(() => database?.remove());

  it('deletes sessions from a day after their end, and leaves all others', async () => {
    const now = clock.now();
    const due = new Date(now - DAY - 1);
    const notYet = new Date(now - DAY);
    const live = [
      sessionAt(now),
      sessionAt(now, { expiresAt: notYet }),
      sessionAt(now, { endedAt: notYet, endReason: 'logout' }),
      // Only idle: until it expires.
      sessionAt(now, { idleExpiresAt: due }),
    ];
    const old = [
      sessionAt(now, { expiresAt: due }),
      sessionAt(now, { endedAt: due, endReason: 'logout' }),
      sessionAt(now, { endedAt: due, endReason: 'logout', expiresAt: due }),
    ];
    await connection.db.insert(sessions).values([...live, ...old]);

    expect(await purgeOn(connection, clock).run()).toEqual(purged({ sessions: 3 }));
    const left = await connection.db.select({ id: sessions.id }).from(sessions);
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set(live.map(({ id }) => id)));

    clock.advance(1);
    expect(await purgeOn(connection, clock).run()).toMatchObject({ counts: { sessions: 2 } });
  });

  it('deletes revocations once no token of theirs can be left', async () => {
    const purge = purgeOn(connection, clock);
    clock.advance(LIFE);
    const [old, live] = [revocationUntil(clock.now()), revocationUntil(clock.now() + 1)];
    await connection.db.insert(revocations).values([old, live]);

    expect(await purge.run()).toEqual(purged({ revocations: 1 }));
    expect(await connection.db.select({ id: revocations.id }).from(revocations)).toEqual([{ id: live.id }]);
    clock.advance(1);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 1 } });
  });

  it('deletes no revocation for a clock that jumps ahead and comes back', async () => {
    const purge = purgeOn(connection, clock);
    clock.advance(2 * LIFE);
    await connection.db.insert(revocations).values(revocationUntil(clock.now() + LIFE));
    clock.jump(DAY);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 0 } });
    clock.advance(LIFE - 1);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 0 } });
    clock.jump(-DAY);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 0 } });
    clock.advance(1);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 1 } });
  });

  it('deletes none for a clock that was ahead already when the process started', async () => {
    await connection.db.insert(revocations).values(revocationUntil(clock.now() + LIFE));
    clock.jump(DAY);
    const purge = purgeOn(connection, clock);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 0 } });
    clock.advance(LIFE - 1);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 0 } });
    // No token of before is alive by now, whatever the clock says.
    clock.advance(1);
    expect(await purge.run()).toMatchObject({ counts: { revocations: 1 } });
  });

  it('deletes what has been over for a day also where no process lives as long as a token', async () => {
    await connection.db.insert(revocations).values(revocationUntil(clock.now() - DAY));
    expect(await purgeOn(connection, clock).run()).toMatchObject({ counts: { revocations: 1 } });
  });

  it('deletes one-time tokens a day after they have expired', async () => {
    const token = (subject: string, expiresAt: number) => {
      const fields = { purpose: 'password-reset' as const, tokenHash: subject, binding: '', payload: {} };
      return { subject, ...fields, createdAt: new Date(0), expiresAt: new Date(expiresAt) };
    };
    const rows = [token('old', clock.now() - DAY), token('live', clock.now() - DAY + 1)];
    await connection.db.insert(oneTimeTokens).values(rows);

    expect(await purgeOn(connection, clock).run()).toMatchObject({ counts: { 'one-time tokens': 1 } });
    const left = await connection.db.select({ subject: oneTimeTokens.subject }).from(oneTimeTokens);
    expect(left).toEqual([{ subject: 'live' }]);
  });

  it('deletes expired signing keys', async () => {
    const now = clock.now();
    const key = (kid: string, signsUntil: Date | null) => {
      const createdAt = new Date(now - DAY);
      const schedule = { createdAt, signsFrom: createdAt, signsUntil, tokenTtl: 1000 };
      return { kid, alg: 'ES256', publicJwk: {}, sealedPrivateKey: '', ...schedule };
    };
    const verifying = new Date(now - CONFIG.clockLeeway - 999);
    const expired = new Date(now - CONFIG.clockLeeway - 1000);
    await connection.db.insert(signingKeys).values([key('a', null), key('b', verifying), key('c', expired)]);
    expect(await purgeOn(connection, clock).run()).toEqual(purged({ 'signing keys': 1 }));

    const left = await connection.db.select({ kid: signingKeys.kid }).from(signingKeys);
    expect(left.map(({ kid }) => kid).toSorted()).toEqual(['a', 'b']);
  });

  it('takes no more than a batch at a time', async () => {
    await seed(connection, BATCH_SIZE + 1);
    const batch = () => purgeBatch(connection.db, EXPIRED_REVOCATIONS, { now: clock.now(), elapsed: LIFE });

    expect([await batch(), await batch(), await batch()]).toEqual([BATCH_SIZE, 1, 0]);
  });

  it('ends after the batch that is under way when it is told to stop, and goes on the next time', async () => {
    await seed(connection, 2 * BATCH_SIZE + 1);
    const stopping = new AbortController();
    const run = purgeOn(connection, clock).run(stopping.signal);
    stopping.abort();

    expect(await run).toEqual(purged({ sessions: BATCH_SIZE }));
    const rest = purged({ sessions: BATCH_SIZE + 1, revocations: 2 * BATCH_SIZE + 1 });
    expect(await purgeOn(connection, clock).run()).toEqual(rest);
  });

  it('deletes each row once when two instances are at it, and both end', async () => {
    await seed(connection, 4 * BATCH_SIZE);
    const runs = await Promise.all(
      [connection, ...database.connections].map((each) => purgeOn(each, clock).run()),
    );

    const total = (kind: 'sessions' | 'revocations') =>
      runs.reduce((sum, { counts }) => sum + (counts[kind] ?? 0), 0);
    expect([total('sessions'), total('revocations')]).toEqual([4 * BATCH_SIZE, 4 * BATCH_SIZE]);
    expect(runs.some(({ yielded }) => !yielded)).toBe(true);
  });

  it('fails where one table cannot be purged, once the others are, and can be run again', async () => {
    await seed(connection, BATCH_SIZE);
    await connection.db.execute(sql`alter table latchkey.revocations rename to elsewhere`);
    const purge = purgeOn(connection, clock);

    const expiresAt = new Date(0);
    const token = {
      subject: 'old',
      purpose: 'password-reset' as const,
      tokenHash: 'h',
      binding: '',
      payload: {},
    };
    await connection.db.insert(oneTimeTokens).values({ ...token, createdAt: expiresAt, expiresAt });

    await expect(purge.run()).rejects.toThrow('Failed query');
    expect(await connection.db.select().from(sessions)).toEqual([]);
    expect(await connection.db.select().from(oneTimeTokens)).toEqual([]);
    await connection.db.execute(sql`alter table latchkey.elsewhere rename to revocations`);
    expect(await purge.run()).toEqual(purged({ revocations: BATCH_SIZE }));
  });
});

/** Of both tables and their indexes, in bytes, after each of seven rounds in which sessions come and go. */
async function sizesOfRounds(connection: DatabaseConnection): Promise<number[]> {
  const purge = purgeOn(connection, new ManualClock());
  const sizes: number[] = [];
  const round = async () => {
    await seed(connection, 2 * BATCH_SIZE);
    await purge.run();
    // What autovacuum does on a server in its own time.
    if (connection.shared) await connection.db.execute(sql`vacuum latchkey.sessions, latchkey.revocations`);
    const { rows } = (await connection.db.execute(
      sql`select (pg_total_relation_size('latchkey.sessions') + pg_total_relation_size('latchkey.revocations'))::int as size`,
    )) as { rows: [{ size: number }] };
    sizes.push(rows[0].size);
  };
  for (let i = 0; i < 7; i += 1) await round();
  return sizes;
}

/** Left to itself, it would have doubled by the sixth round. An index page is free two rounds after its last row. */
function expectNoGrowth(sizes: readonly number[]): void {
  const [settled = 0, ...later] = sizes.slice(2);
  expect(Math.max(...later)).toBeLessThan(1.2 * settled);
}

describe('The storage on PGlite', () => {
  it('grows no more, however many sessions come and go', async () => {
    const directory = temporaryDirectory();
    const config = { url: undefined, poolMax: 1, directory: `${directory.path}/database`, schema: undefined };
    await copyMigratedDirectory(config.directory);
    const connection = await openDatabase(config);
    const sizes = await sizesOfRounds(connection);
    await connection.close();
    directory.remove();
    expectNoGrowth(sizes);
  });
});

// A server of its own: no index page is free while a transaction is open in any database of the server that is older.
describeWithPostgres('The storage on PostgreSQL', () => {
  it('grows no more, however many sessions come and go', async () => {
    const server = await startPostgresServer();
    const connection = await openMigratedDatabase({
      url: server.url,
      poolMax: 1,
      directory: '',
      schema: undefined,
    });
    const sizes = await sizesOfRounds(connection);
    await connection.close();
    await server.stop();
    expectNoGrowth(sizes);
  });
});

describeWithPostgres('The purge among others on PostgreSQL', () => {
  let database: TestDatabase;
  let connection: DatabaseConnection;
  let other: pg.Client;
  const clock = new ManualClock();

  beforeEach(async () => {
    database = await createMigratedDatabase();
    const { url } = database;
    connection = await openDatabase({ url, poolMax: 2, directory: '', schema: undefined });
    await connection.migrate(MIGRATIONS_FOLDER);
    other = new pg.Client({ connectionString: url });
    other.on('error', () => undefined);
    await other.connect();
  });
  afterEach(async () => {
    await connection?.close();
    await other?.end().catch(() => undefined);
    await database?.drop();
  });

  it('yields to an instance that is at it, and goes on when that one has died', async () => {
    await seed(connection, 1);
    await other.query('begin');
    await other.query(`select pg_advisory_xact_lock(${LOCK})`);
    const { rows } = await other.query<{ pid: number }>('select pg_backend_pid() as pid');

    expect(await purgeOn(connection, clock).run()).toEqual(purged({}, true));
    await connection.db.execute(sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`);
    expect(await purgeOn(connection, clock).run()).toEqual(purged({ sessions: 1, revocations: 1 }));
  });

  it('waits for no row that is being changed, and deletes none that has been prolonged', async () => {
    const row = revocationUntil(clock.now());
    await connection.db.insert(revocations).values(row);
    await other.query('begin');
    await other.query(`update latchkey.revocations set expires_at = '2031-01-01'`);

    expect(await purgeOn(connection, clock).run()).toMatchObject({ counts: { revocations: 0 } });
    await other.query('commit');
    expect(await purgeOn(connection, clock).run()).toMatchObject({ counts: { revocations: 0 } });
    expect(await connection.db.select().from(revocations).where(eq(revocations.id, row.id))).toHaveLength(1);
  });

  it('holds nothing after a batch', async () => {
    await seed(connection, 1);
    await purgeOn(connection, clock).run();

    const { rows } = await other.query(
      `select from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(rows).toEqual([]);
  });
});
