import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql, type SQLWrapper } from 'drizzle-orm';
import { auditEvents } from '../../src/audit/audit-events.table.js';
import { AuditLog, type AuditQuery } from '../../src/audit/audit-log.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { StoragePurge } from '../../src/database/purge/storage-purge.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

const ROWS = 200_000;
const RARE = 'a user of few events';

/** Of a thousand users, and a few events of one, which are the oldest. */
const SEED = `(id, occurred_at, type, outcome, actor_kind, actor_id, subject, ip)
  select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - i * 1000), 12, '0') || '7' || substr(md5(i::text), 1, 19))::uuid,
    now() - i * interval '1 second', 'login.succeeded', 'success', 'user', u, u, '192.0.2.1'
  from (select i, case when i > ${ROWS - 5} then '${RARE}' else 'user-' || i % 1000 end as u from generate_series(1, ${ROWS}) i) s`;

describeOnEachDatabase('With very many audit events', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;

  beforeAll(async () => {
    database = await open();
    [connection] = database.connections;
    await connection.db.execute(sql`insert into ${auditEvents} ${sql.raw(SEED)}`);
  });
  afterAll(() => database?.remove());

  const purge = () => new StoragePurge(connection.db, connection, new ManualClock()).run();

  /** Of the very query, not of a copy. */
  const planOfOwn = async (user: string): Promise<string> => {
    const query = { limit: 50 };
    const log = new AuditLog(connection.db);
    expect((await log.find({ ...query, concerning: user })).events).toHaveLength(5);
    const own = log as unknown as { concerning(user: string, query: AuditQuery): SQLWrapper };
    const { rows } = (await connection.db.execute(sql`explain ${own.concerning(user, query).getSQL()}`)) as {
      rows: { 'QUERY PLAN': string }[];
    };
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  it('a user’s own are read by the indexes of both halves, before there are statistics and after', async () => {
    const indexes = ['audit_events_subject_index', 'audit_events_actor_index'];
    const expectIndexes = (plan: string) => {
      for (const index of indexes) expect(plan).toContain(index);
      expect(plan).not.toMatch(/Seq Scan|audit_events_pkey/);
    };
    expectIndexes(await planOfOwn(RARE));
    await purge();
    expectIndexes(await planOfOwn(RARE));
  });

  it('the purge gathers statistics of what has grown, where there is no server that would', async () => {
    await purge();
    const analyzed = await rowsKnown();
    if (connection.shared) return;
    expect(analyzed).toBeGreaterThan(0.9 * ROWS);
    expect(analyzed).toBeLessThan(1.1 * ROWS);
  });

  const rowsKnown = async (): Promise<number> => {
    const { rows } = (await connection.db.execute(
      sql`select reltuples::float8 as count from pg_class where relname = 'audit_events'`,
    )) as { rows: { count: number }[] };
    return rows[0]?.count ?? 0;
  };
});
