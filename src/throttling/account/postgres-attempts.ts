import { and, eq, gt, not, sql } from 'drizzle-orm';
import type { Database, DatabaseConnection } from '../../database/database.js';
import { HotStatement } from '../../database/hot-statement.js';
import { failedAttempts as streaks } from '../store/throttling.table.js';
import {
  AttemptStore,
  type CountedAttempt,
  type DelayRule,
  FIRST_DELAY,
  notAhead,
  PENDING_MAX,
  stillPending,
} from './attempt-store.js';

/** The wait is the longest long before; keeps the power within what a number holds. */
const DOUBLINGS_MAX = 30;

const STREAK = {
  failures: streaks.failures,
  countedAt: streaks.countedAt,
  noticed: streaks.noticed,
  pending: streaks.pending,
};

/** The columns are there because no statement returns what a row was. */
const COUNTED = {
  ...STREAK,
  previousFailures: streaks.previousFailures,
  previousCountedAt: streaks.previousCountedAt,
};

type Counted = typeof streaks.$inferSelect;

const value = (name: string) => sql.placeholder(name);
const number = (name: string) => sql`${value(name)}::bigint`;

/** Counts in PostgreSQL, for all instances. */
export class PostgresAttempts extends AttemptStore {
  private readonly db: Database;
  private readonly counting: HotStatement<
    { key: string; now: number; until: number },
    Omit<Counted, 'key' | 'expiresAt'>[]
  >;
  private readonly failing: HotStatement<{ key: string }, unknown>;
  private readonly givingBack: HotStatement<
    { key: string } & Record<'failures' | 'countedAt' | 'failuresBefore' | 'countedAtBefore', number>,
    unknown
  >;

  constructor(
    connection: DatabaseConnection,
    private readonly rule: DelayRule,
  ) {
    super();
    this.db = connection.db;
    this.counting = new HotStatement(connection, countStatement(this.db, rule));
    this.failing = new HotStatement(connection, failStatement(this.db));
    this.givingBack = new HotStatement(connection, refundStatement(this.db));
  }

  async count(key: string, now: number): Promise<CountedAttempt> {
    const [counted] = await this.counting.execute({ key, now, until: now + this.rule.delayMax });
    if (counted) {
      const { previousFailures, previousCountedAt, ...streak } = counted;
      return {
        ...streak,
        pending: streak.pending - 1,
        allowed: true,
        before: { failures: previousFailures, countedAt: previousCountedAt },
      };
    }
    // What is given back meanwhile lets the next try in.
    const [found] = await this.db.select(STREAK).from(streaks).where(eq(streaks.key, key));
    if (found && found.countedAt > now) await this.beginWaitAt(key, now);
    const last = found ?? { failures: 0, countedAt: now, noticed: false, pending: 0 };
    const streak = { ...last, countedAt: notAhead(last.countedAt, now) };
    const pending = stillPending(streak.pending, streak.countedAt, now);
    return { ...streak, pending, allowed: false, before: streak };
  }

  private async beginWaitAt(key: string, now: number): Promise<void> {
    const expiresAt = sql`${now}::bigint + ${streaks.failures} * ${this.rule.delayMax}::bigint`;
    await this.db
      .update(streaks)
      .set({ countedAt: now, expiresAt })
      .where(and(eq(streaks.key, key), gt(streaks.countedAt, now)));
  }

  async fail(key: string): Promise<void> {
    await this.failing.execute({ key });
  }

  async refund(key: string, { failures, countedAt, before }: CountedAttempt): Promise<void> {
    const counts = {
      failures,
      countedAt,
      failuresBefore: before.failures,
      countedAtBefore: before.countedAt,
    };
    await this.givingBack.execute({ key, ...counts });
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

/** One atomic step; gives nothing while the wait is not over. */
function countStatement(db: Database, { failures: free, delayMax }: DelayRule) {
  const at = number('now');
  const longest = sql.raw(`${delayMax}::bigint`);
  const patience = sql.raw(String(PENDING_MAX));
  const allowance = sql.raw(`${free}::int`);
  const doublings = sql`least(${streaks.failures} - ${allowance}, ${sql.raw(String(DOUBLINGS_MAX))})`;
  const wait = sql`least(${longest}, ${sql.raw(String(FIRST_DELAY))} * power(2, ${doublings}))`;
  const leaked = sql`greatest(0, (${at} - ${streaks.countedAt}) / ${longest})`;
  const left = sql`greatest(0, ${streaks.failures} - ${leaked})`;
  return db
    .insert(streaks)
    .values({
      key: value('key'),
      failures: 1,
      countedAt: value('now'),
      noticed: false,
      pending: 1,
      previousFailures: 0,
      previousCountedAt: value('now'),
      expiresAt: value('until'),
    })
    .onConflictDoUpdate({
      target: streaks.key,
      set: {
        failures: sql`${left} + 1`,
        countedAt: at,
        noticed: sql`${streaks.noticed} and ${left} > 0`,
        pending: sql`case when ${at} < ${streaks.countedAt} + ${patience} then ${streaks.pending} else 0 end + 1`,
        previousFailures: sql`${streaks.failures}`,
        previousCountedAt: sql`${streaks.countedAt}`,
        expiresAt: sql`${at} + (${left} + 1) * ${longest}`,
      },
      setWhere: sql`${streaks.failures} < ${allowance} or ${at} >= ${streaks.countedAt} + ${wait}`,
    })
    .returning(COUNTED);
}

const onePendingLess = sql`greatest(0, ${streaks.pending} - 1)`;

function failStatement(db: Database) {
  return db
    .update(streaks)
    .set({ pending: onePendingLess })
    .where(eq(streaks.key, value('key')));
}

function refundStatement(db: Database) {
  const isLast = sql`${streaks.failures} = ${value('failures')}::int and ${streaks.countedAt} = ${number('countedAt')}`;
  return db
    .update(streaks)
    .set({
      failures: sql`case when ${isLast} then ${value('failuresBefore')}::int else ${streaks.failures} - 1 end`,
      countedAt: sql`case when ${isLast} then ${number('countedAtBefore')} else ${streaks.countedAt} end`,
      pending: onePendingLess,
    })
    .where(and(eq(streaks.key, value('key')), gt(streaks.failures, 0)));
}
