import { and, eq, gt, not, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { failedAttempts as streaks } from '../store/throttling.table.js';
import { AttemptStore, type CountedAttempt, type DelayRule, FIRST_DELAY } from './attempt-store.js';

/** The wait is the longest long before; keeps the power within what a number holds. */
const DOUBLINGS_MAX = 30;

const STREAK = { failures: streaks.failures, countedAt: streaks.countedAt, noticed: streaks.noticed };

/** Counts in PostgreSQL, for all instances. */
export class PostgresAttempts extends AttemptStore {
  constructor(
    private readonly db: Database,
    private readonly rule: DelayRule,
  ) {
    super();
  }

  async count(key: string, now: number): Promise<CountedAttempt> {
    const { failures: free, delayMax } = this.rule;
    const at = sql`${now}::bigint`;
    const longest = sql`${delayMax}::bigint`;
    const doublings = sql`least(${streaks.failures} - ${free}::int, ${sql.raw(String(DOUBLINGS_MAX))})`;
    const wait = sql`least(${longest}, ${sql.raw(String(FIRST_DELAY))} * power(2, ${doublings}))`;
    const leaked = sql`greatest(0, (${at} - ${streaks.countedAt}) / ${longest})`;
    const left = sql`greatest(0, ${streaks.failures} - ${leaked})`;
    const [counted] = await this.db
      .insert(streaks)
      .values({ key, failures: 1, countedAt: now, noticed: false, expiresAt: now + delayMax })
      .onConflictDoUpdate({
        target: streaks.key,
        set: {
          failures: sql`${left} + 1`,
          countedAt: now,
          noticed: sql`${streaks.noticed} and ${left} > 0`,
          expiresAt: sql`${at} + (${left} + 1) * ${longest}`,
        },
        setWhere: sql`${streaks.failures} < ${free}::int or ${at} >= ${streaks.countedAt} + ${wait}`,
      })
      .returning(STREAK);
    if (counted) return { ...counted, allowed: true };
    // Given back meanwhile: whoever asks again is let in.
    const [streak] = await this.db.select(STREAK).from(streaks).where(eq(streaks.key, key));
    return { ...(streak ?? { failures: 0, countedAt: now, noticed: false }), allowed: false };
  }

  async giveBack(key: string): Promise<void> {
    await this.db
      .update(streaks)
      .set({ failures: sql`${streaks.failures} - 1` })
      .where(and(eq(streaks.key, key), gt(streaks.failures, 0)));
  }

  async claimNotice(key: string): Promise<boolean> {
    const claimed = await this.db
      .update(streaks)
      .set({ noticed: true })
      .where(and(eq(streaks.key, key), not(streaks.noticed)))
      .returning({ key: streaks.key });
    return claimed.length === 1;
  }

  async forget(key: string): Promise<void> {
    await this.db.delete(streaks).where(eq(streaks.key, key));
  }
}
