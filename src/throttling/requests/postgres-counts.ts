import { sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { rateLimits } from '../store/throttling.table.js';
import { CountStore, type Delta, type WindowCount } from './count-store.js';

/** Counts in PostgreSQL: however many clients, one statement. */
export class PostgresCounts extends CountStore {
  constructor(private readonly db: Database) {
    super();
  }

  async add(deltas: readonly Delta[], now: number): Promise<WindowCount[]> {
    // In one order everywhere, so that two instances never wait for each other.
    const sorted = deltas.toSorted((one, other) => (one.key < other.key ? -1 : 1));
    const values = sorted.map(({ key, points, windowEnd }) => ({ key, points, expire: windowEnd }));
    const hasEnded = sql`${rateLimits.expire} <= ${now}::bigint`;
    const rows = await this.db
      .insert(rateLimits)
      .values(values)
      .onConflictDoUpdate({
        target: rateLimits.key,
        set: {
          points: sql`case when ${hasEnded} then 0 else ${rateLimits.points} end + excluded.points`,
          expire: sql`case when ${hasEnded} then excluded.expire else ${rateLimits.expire} end`,
        },
      })
      .returning();
    return rows.map(({ key, points, expire }) => ({ key, points, windowEnd: expire ?? now }));
  }
}
