import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { auditEvents, expiredAuditEvents } from '../../src/audit/audit-events.table.js';
import { PostgresAuditSink } from '../../src/audit/postgres-audit-sink.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { BATCH_SIZE } from '../../src/database/purge/purge-batch.js';
import { StoragePurge } from '../../src/database/purge/storage-purge.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

const DAY = 86_400_000;
const EVENT = { type: 'login.failed', actor: { kind: 'anonymous' }, subject: null, client: null } as const;

describeOnEachDatabase('The purge of the audit log', (open) => {
  let database: DatabaseUnderTest | undefined;
  let connection: DatabaseConnection;
  let clock: ManualClock;
  let purge: StoragePurge;

  beforeEach(async () => {
    await database?.remove();
    database = await open();
    [connection] = database.connections;
    clock = new ManualClock();
    purge = new StoragePurge(connection.db, connection, clock);
    purge.declare(expiredAuditEvents(30 * DAY));
  });
  afterAll(() => database?.remove());

  const record = () => new PostgresAuditSink(connection.db, clock).record(EVENT);
  const run = async (signal?: AbortSignal) => (await purge.run(signal)).counts['audit events'];
  const left = () => connection.db.select().from(auditEvents);

  it('deletes what is older than the retention, and nothing else', async () => {
    await record();
    clock.advance(1);
    await record();
    clock.advance(30 * DAY - 1);
    expect(await run()).toBe(0);
    clock.advance(1);

    expect(await run()).toBe(1);
    expect(await left()).toHaveLength(1);
  });

  it('goes on batch by batch until nothing is due, and yields when it is told to', async () => {
    const count = BATCH_SIZE + 10;
    await connection.db.execute(sql`
      insert into latchkey.audit_events (id, occurred_at, type, outcome, actor_kind)
      select ('00000000-' || substr(gen_random_uuid()::text, 10))::uuid, '1970-01-01', 'login.failed', 'failure', 'anonymous'
      from generate_series(1, ${count}::int)`);
    const stopped = AbortSignal.abort();

    expect(await run(stopped)).toBe(0);
    expect(await run()).toBe(count);
    expect(await left()).toEqual([]);
  });

  it('may delete only within its own transaction', async () => {
    await record();
    clock.advance(31 * DAY);
    await record();
    await run();

    await expect(connection.db.delete(auditEvents)).rejects.toMatchObject({
      cause: { message: 'audit_events is append-only' },
    });
    expect(await left()).toHaveLength(1);
  });
});
