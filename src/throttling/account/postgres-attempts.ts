import { and, eq, gt, not, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { failedAttempts as streaks } from '../store/throttling.table.js';
import { AttemptStore, type CountedAttempt, type DelayRule, FIRST_DELAY } from './attempt-store.js';

/** The wait is the longest long before; keeps the power within what a number holds. */
const DOUBLINGS_MAX = 30;

const STREAK = { failures: streaks.failures, countedAt: streaks.countedAt, noticed: streaks.noticed };

/** The columns are there because no statement returns what a row was. */
const COUNTED = {
  ...STREAK,
  previousFailures: streaks.previousFailures,
  previousCountedAt: streaks.previousCountedAt,
};

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
      .values({
        key,
        failures: 1,
        countedAt: now,
        noticed: false,
        previousFailures: 0,
        previousCountedAt: now,
        expiresAt: now + delayMax,
      })
      .onConflictDoUpdate({
        target: streaks.key,
        set: {
          failures: sql`${left} + 1`,
          countedAt: now,
          noticed: sql`${streaks.noticed} and ${left} > 0`,
          previousFailures: sql`${streaks.failures}`,
          previousCountedAt: sql`${streaks.countedAt}`,
          expiresAt: sql`${at} + (${left} + 1) * ${longest}`,
        },
        setWhere: sql`${streaks.failures} < ${free}::int or ${at} >= ${streaks.countedAt} + ${wait}`,
      })
      .returning(COUNTED);
    if (counted) {
      const { previousFailures, previousCountedAt, ...streak } = counted;
      return {
        ...streak,
        allowed: true,
        before: { failures: previousFailures, countedAt: previousCountedAt },
      };
    }
    // Given back meanwhile: the next try is let in.
    const [found] = await this.db.select(STREAK).from(streaks).where(eq(streaks.key, key));
    const streak = found ?? { failures: 0, countedAt: now, noticed: false };
    return { ...streak, allowed: false, before: streak };
  }

  async refund(key: string, { failures, countedAt, before }: CountedAttempt): Promise<void> {
    const isLast = sql`${streaks.failures} = ${failures}::int and ${streaks.countedAt} = ${countedAt}::bigint`;
    await this.db
      .update(streaks)
      .set({
        failures: sql`case when ${isLast} then ${before.failures}::int else ${streaks.failures} - 1 end`,
        countedAt: sql`case when ${isLast} then ${before.countedAt}::bigint else ${streaks.countedAt} end`,
      })
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
