import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { count, eq, isNull, sql } from 'drizzle-orm';
import type { DatabaseConnection } from '../../src/database/database.js';
import { revocations } from '../../src/tokens/revocation/revocations.table.js';
import { PostgresSessionsRepository } from '../../src/tokens/sessions/postgres-sessions.repository.js';
import { ENDED_AT_ONCE } from '../../src/tokens/sessions/sessions.repository.js';
import { sessions } from '../../src/tokens/sessions/sessions.table.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';

describeOnEachDatabase('Ending very many sessions of one user', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;
  let repository: PostgresSessionsRepository;
  let many: number;
  const subject = randomUUID();

  beforeAll(async () => {
    database = await open();
    [connection] = database.connections;
    repository = new PostgresSessionsRepository(connection);
    many = connection.shared ? 50_000 : 10_000;
    await connection.db.execute(sql`
      insert into ${sessions} (id, subject, generation, secret_hash, created_at, last_used_at, idle_expires_at, expires_at, era)
      select gen_random_uuid(), ${subject}, 0, 'x', now(), now() - i * interval '1 second', now() + interval '1 day',
        now() + interval '1 day', 0 from generate_series(1, ${many}::int) i
    `);
  });
  afterAll(() => database?.remove());

  const openRows = async () => {
    const [row] = await connection.db
      .select({ count: count() })
      .from(sessions)
      .where(isNull(sessions.endedAt));
    return row?.count;
  };

  /** Rows that one and the same transaction has written, the most. */
  const mostAtOnce = async () => {
    const { rows } = (await connection.db.execute(sql`
      select max(count)::int as most from (
        select count(*) from ${sessions} where ${sessions.endedAt} is not null group by ${sessions}.xmin::text
        union all select count(*) from ${revocations} group by ${revocations}.xmin::text
      ) transactions
    `)) as { rows: [{ most: number }] };
    return rows[0].most;
  };

  it('writes at most 500 rows in one transaction, and leaves none that does not say that it is over', async () => {
    const now = new Date();
    const revokedUntil = new Date(now.getTime() + 60_000);
    const ended = await repository.endAll(subject, { reason: 'logout_all', now, revokedUntil });
    expect([ended.count, ended.ids.length]).toEqual([many, ENDED_AT_ONCE]);
    expect(await openRows()).toBe(many - ENDED_AT_ONCE);
    expect(await repository.findOpen(subject, now, { limit: 1 })).toEqual([]);

    await repository.settle(() => Promise.resolve(true));
    expect(await openRows()).toBe(0);
    expect(await mostAtOnce()).toBe(ENDED_AT_ONCE);
    expect(await connection.db.$count(revocations)).toBe(ENDED_AT_ONCE);
  });

  it('deletes as many at most where nothing is kept of them, and all in the end', async () => {
    const now = new Date();
    const left = () => connection.db.$count(sessions, eq(sessions.subject, subject));
    const sizes = [await left()];
    await repository.endAll(subject, { reason: 'account_deleted', now, revokedUntil: now, erase: true });
    sizes.push(await left());
    await repository.settle(async () => {
      sizes.push(await left());
      return true;
    });

    expect(await left()).toBe(0);
    expect(Math.max(...sizes.slice(1).map((size, index) => (sizes[index] ?? 0) - size))).toBe(ENDED_AT_ONCE);
  });
});
