import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NodePgSession } from 'drizzle-orm/node-postgres';
import { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { OwnSchemaDialect } from '../../src/database/own-schema.js';
import { openDatabase } from '../../src/database/open-database.js';
import type { Database, DatabaseConnection } from '../../src/database/database.js';
import type { ExpiredRows } from '../../src/database/purge/expired-rows.js';
import { purgeBatch } from '../../src/database/purge/purge-batch.js';
import { EXPIRED_ONE_TIME_TOKENS } from '../../src/tokens/one-time/one-time-tokens.table.js';
import { expiredRevocations } from '../../src/tokens/revocation/revocations.table.js';
import { EXPIRED_SESSIONS } from '../../src/tokens/sessions/sessions.table.js';
import { PostgresOneTimeTokensRepository } from '../../src/tokens/one-time/postgres-one-time-tokens.repository.js';
import { AuditLog, type AuditQuery } from '../../src/audit/audit-log.js';
import { expiredAuditEvents } from '../../src/audit/audit-events.table.js';
import { firstIdAt } from '../../src/common/time-ordered-id.js';
import { PostgresRevocationStore } from '../../src/tokens/revocation/postgres-revocation-store.js';
import { endChildren } from '../../src/tokens/sessions/end-statement.js';
import { NO_GRANT } from '../../src/tokens/sessions/session.js';
import { rotateManyStatement } from '../../src/tokens/sessions/rotate-statement.js';
import { eraseEnded } from '../../src/tokens/sessions/settle-eras.js';
import { PostgresSessionsRepository } from '../../src/tokens/sessions/postgres-sessions.repository.js';
import { describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';

const ROWS = 20_000;
const DAY = 86_400_000;

/** Of the sessions a fifth ended, and a fifth expired, more than a day ago; of the revocations and the one-time tokens a
 * tenth has expired. */
const SEED = `
  insert into latchkey.sessions (id, subject, generation, secret_hash, created_at, last_used_at, idle_expires_at, expires_at, ended_at, ip, user_agent)
  select gen_random_uuid(), 'subject-' || i % (${ROWS} / 4), i % 50, repeat('x', 43), now() - interval '10 days', now(),
    now() + interval '20 days',
    now() + (i % 10 - 1.5) * interval '5 days',
    case when i % 10 > 5 then now() - (i % 10 - 5.5) * interval '10 hours' end,
    '192.0.2.1', repeat('a', 110)
  from generate_series(1, ${ROWS}) i;
  insert into latchkey.session_eras (subject, begun_at, ended_at, reason, revoked_until)
  select 'subject-' || i, now() - i * interval '1 minute', now(), 'logout_all', now() from generate_series(0, ${ROWS} / 4 - 1) i;
  insert into latchkey.revocations (kind, id, revoked_at, expires_at)
  select 'session', gen_random_uuid(), now() - i * interval '50 ms', now() + (${ROWS} * 0.9 - i) * interval '50 ms'
  from generate_series(1, ${ROWS}) i;
  insert into latchkey.one_time_tokens (subject, purpose, token_hash, binding, created_at, expires_at)
  select 'subject-' || i, 'password-reset', gen_random_uuid(), repeat('b', 43), now(), now() + (${ROWS} * 0.9 - i) * interval '50 ms'
  from generate_series(1, ${ROWS}) i;
  insert into latchkey.audit_events (id, occurred_at, type, outcome, actor_kind, actor_id, subject, ip)
  select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - i * 60000), 12, '0') || '7' || substr(md5(i::text), 1, 19))::uuid,
    now() - i * interval '1 minute', case when i % 50 = 0 then 'login.failed' else 'login.succeeded' end, 'success', 'user',
    'subject-' || i % (${ROWS} / 4), 'subject-' || i % (${ROWS} / 4), '192.0.2.' || i % 250
  from generate_series(1, ${ROWS}) i;
  analyze`;

/** A session, and whether its era is over. */
const OF_ONE = ['sessions_pkey', 'session_eras_pkey'];

/** Planned as PostgreSQL plans it when it is executed, with many rows there. */
describeWithPostgres('The statements of the hot paths', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let db: Database;
  let last: { text: string; values: unknown[] };

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const connection = await openDatabase({
      url: database.url,
      poolMax: 1,
      directory: '',
      schema: undefined,
    });
    await connection.migrate(MIGRATIONS_FOLDER);
    await connection.close();
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
    const dialect = new OwnSchemaDialect(() => 'latchkey');
    const logger = {
      logQuery: (text: string, values: unknown[]) => {
        if (!/^(begin|commit)$/.test(text)) last = { text, values };
      },
    };
    db = new PgDatabase(dialect, new NodePgSession(pool, dialect, undefined, { logger }), undefined);
    await pool.query(SEED);
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  /** Of the last statement that the work sends. Its transaction is rolled back. */
  async function planOf(work: () => Promise<unknown>): Promise<string> {
    await pool.query('begin');
    await work();
    await pool.query('rollback');
    const { text, values } = last;
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  const indexesIn = (plan: string): string[] =>
    [...plan.matchAll(/(?:using|Bitmap Index Scan on) (\w+)/g)].map(([, name]) => name ?? '');

  const now = () => new Date();
  const sessions = () => new PostgresSessionsRepository({ db, keepsNames: false } as DatabaseConnection);
  const store = () => new PostgresRevocationStore(db, {} as DatabaseConnection);
  const oneTime = () => new PostgresOneTimeTokensRepository(db);
  const expected = { tokenHash: 'h', purpose: 'password-reset', subject: 'subject-5', binding: 'b' } as const;
  const identity = () => ({
    sessionId: randomUUID(),
    subject: 's',
    tokenId: randomUUID(),
    issuedAt: Date.now(),
  });
  const rotation = () => {
    const later = new Date(Date.now() + DAY);
    const presented = { id: randomUUID(), generation: 1, secretHash: 'x', clientId: null, jkt: null };
    return { ...presented, now: now(), graceUntil: later, idleExpiresAt: later };
  };
  const rotateMany = (rotations: object[]) =>
    rotateManyStatement(db, { keepsNames: false } as DatabaseConnection).execute({
      rotations: JSON.stringify(rotations),
    });
  const ending = () => ({ reason: 'logout' as const, now: now(), revokedUntil: now() });
  const purging = (expired: ExpiredRows) => purgeBatch(db, expired, { now: Date.now(), elapsed: DAY });
  const [endedSessions, expiredSessions] = EXPIRED_SESSIONS as [ExpiredRows, ExpiredRows];

  const audit = (query: Partial<AuditQuery>) => new AuditLog(db).find({ limit: 50, ...query });

  const STATEMENTS: [string, () => Promise<unknown>, string | string[]][] = [
    ['rotate a session', () => sessions().rotate(rotation()), OF_ONE],
    ['rotate many sessions', () => rotateMany([rotation(), rotation()]), OF_ONE],
    ['find a session', () => sessions().findById(randomUUID()), OF_ONE],
    [
      'list open sessions',
      () => sessions().findOpen('subject-5', now(), { limit: 50 }),
      ['sessions_open_subject_index', 'session_eras_pkey'],
    ],
    ['end a session', () => sessions().end(randomUUID(), 'subject-5', ending()), OF_ONE],
    [
      'end what was granted in sessions',
      () => endChildren(db, [randomUUID()], ending()),
      ['sessions_parent_index', 'session_eras_pkey'],
    ],
    [
      'end all sessions',
      () => sessions().endAll('subject-5', ending()),
      ['sessions_open_subject_index', ...OF_ONE],
    ],
    ['reauthenticate', () => sessions().reauthenticate(randomUUID(), 'subject-5', now()), OF_ONE],
    [
      'read the latest revocations',
      () => store().recent(10_000),
      ['revocations_revoked_at_index', 'session_eras_begun_at_index'],
    ],
    [
      'ask for one revocation',
      () => store().isRevoked(identity()),
      ['revocations_pkey', 'session_eras_pkey'],
    ],
    ['purge ended sessions', () => purging(endedSessions), 'sessions_ended_at_index'],
    ['purge expired sessions', () => purging(expiredSessions), 'sessions_expires_at_index'],
    [
      'find a one-time token',
      () => oneTime().find('h', 'password-reset', now()),
      'one_time_tokens_token_hash_unique',
    ],
    ['use a one-time token', () => oneTime().take(expected, now()), 'one_time_tokens_pkey'],
    ['list one-time tokens', () => oneTime().findAll('subject-5', now()), 'one_time_tokens_pkey'],
    [
      'list the tokens of a purpose',
      () => oneTime().list('invitation', { limit: 50, before: undefined }, now()),
      'one_time_tokens_purpose_index',
    ],
    [
      'erase past sessions',
      () => eraseEnded(db, 'subject-5', 500),
      ['sessions_ended_subject_index', 'sessions_pkey'],
    ],
    [
      'end one-time tokens of sessions',
      () => oneTime().endWithSessions('subject-5', { except: 's' }),
      'one_time_tokens_pkey',
    ],
    ['end one-time tokens', () => oneTime().delete('subject-5'), 'one_time_tokens_pkey'],
    ['purge one-time tokens', () => purging(EXPIRED_ONE_TIME_TOKENS), 'one_time_tokens_expires_at_index'],
    ['list the latest audit events', () => audit({}), 'audit_events_pkey'],
    ['list the next page of them', () => audit({ before: firstIdAt(Date.now() - DAY) }), 'audit_events_pkey'],
    ['list audit events of a time', () => audit({ from: new Date(0), to: now() }), 'audit_events_pkey'],
    ['list audit events of a user', () => audit({ subject: 'subject-5' }), 'audit_events_subject_index'],
    ['list audit events by a user', () => audit({ actor: 'subject-5' }), 'audit_events_actor_index'],
    [
      'list audit events that concern a user',
      () => audit({ concerning: 'subject-5' }),
      ['audit_events_subject_index', 'audit_events_actor_index'],
    ],
    ['list audit events of a type', () => audit({ type: 'login.failed' }), 'audit_events_type_index'],
    ['list audit events from an address', () => audit({ ip: '192.0.2.7' }), 'audit_events_ip_index'],
    ['purge audit events', () => purging(expiredAuditEvents(2 * DAY)), 'audit_events_pkey'],
    ['purge revocations', () => purging(expiredRevocations(() => DAY)), 'revocations_expires_at_index'],
  ];

  it.each(STATEMENTS)('%s by an index', async (_title, work, index) => {
    const plan = await planOf(work);

    expect(new Set(indexesIn(plan))).toEqual(new Set([index].flat()));
    expect(plan).not.toContain('Seq Scan');
  });

  it('rotate without touching an index: almost every update is HOT', async () => {
    const [id, secretHash] = [randomUUID(), 'x'];
    const later = new Date(Date.now() + DAY);
    const times = { createdAt: now(), lastUsedAt: now(), idleExpiresAt: later, expiresAt: later };
    const none = {
      graceUntil: null,
      reauthenticatedAt: null,
      methods: null,
      endedAt: null,
      endReason: null,
      ...NO_GRANT,
      ip: null,
      userAgent: null,
    };
    await sessions().create({ id, subject: 'rotating', generation: 0, secretHash, ...times, ...none });
    const before = await updates(0);
    const rotateFrom = async (generation: number): Promise<void> => {
      if (generation === 1000) return;
      await sessions().rotate({ ...rotation(), id, generation, secretHash });
      await rotateFrom(generation + 1);
    };
    await rotateFrom(0);
    const after = await updates(before.all + 1000);

    expect(after.all - before.all).toBe(1000);
    expect(after.hot - before.hot).toBeGreaterThan(950);
  });

  /** Once so many are counted. Servers before 15 cannot be told to count at once. */
  async function updates(atLeast: number): Promise<{ all: number; hot: number }> {
    await pool.query('select pg_stat_force_next_flush()').catch(() => undefined);
    const { rows } = await pool.query<{ all: number; hot: number }>(
      `select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'sessions'`,
    );
    const counted = rows[0] ?? { all: 0, hot: 0 };
    return counted.all >= atLeast ? counted : updates(atLeast);
  }
});
