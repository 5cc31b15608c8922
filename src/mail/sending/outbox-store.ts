import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, DatabaseConnection, InjectDatabase } from '../../database/database.js';
import { insertionInto } from '../../database/insertion.js';
import type { SqlPart } from '../../database/sql-write.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import type { OutboxDepth } from '../outbox.js';
import { mailOutbox } from './mail-outbox.table.js';

export type OutboxRow = typeof mailOutbox.$inferSelect;
export type NewOutboxRow = Omit<typeof mailOutbox.$inferInsert, 'attempts' | 'gaveUpAt'>;

const PURGE_BATCH = 500;
/** Beyond it a number says no more. */
const COUNTED_MAX = 100_000;

const ROW = insertionInto(mailOutbox, [
  'id',
  'template',
  'account',
  'sealed',
  'createdAt',
  'dueAt',
  'expiresAt',
  'attempts',
]);

/** A new row as part of a statement. */
export function outboxPart(row: NewOutboxRow): SqlPart {
  return ROW({ ...row, attempts: 0 });
}

/**
 * The rows of the outbox. An instance that claims a row holds it until its lease ends; the count of attempts tells one claim from
 * the next, so that one that comes too late changes nothing.
 */
@Injectable()
export class OutboxStore {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly connection: DatabaseConnection,
  ) {}

  async insert(row: NewOutboxRow, transaction?: Transaction): Promise<void> {
    await handleOf(this.db, transaction)
      .insert(mailOutbox)
      .values({ ...row, attempts: 0 });
  }

  /**
   * Takes the mails that have been due for longest, one instance each, in one statement.
   * @param leaseUntil no other instance takes them before; then one does, if they are still there
   */
  async claim(limit: number, now: Date, leaseUntil: Date): Promise<OutboxRow[]> {
    // As an array, so that the rows are picked and locked exactly once.
    const due = sql`array(select ${mailOutbox.id} from ${mailOutbox}
      where ${mailOutbox.gaveUpAt} is null and ${mailOutbox.dueAt} <= ${sql.param(now, mailOutbox.dueAt)}
      order by ${mailOutbox.dueAt}, ${mailOutbox.position} limit ${limit} for update skip locked)`;
    const rows = await this.db
      .update(mailOutbox)
      .set({ dueAt: leaseUntil, attempts: sql`${mailOutbox.attempts} + 1` })
      .where(sql`${mailOutbox.id} = any(${due})`)
      .returning();
    return rows.toSorted((a, b) => a.position - b.position);
  }

  async remove(row: OutboxRow): Promise<void> {
    await this.db.delete(mailOutbox).where(isClaimOf(row));
  }

  /** All that are about the account. */
  async removeAbout(account: string, transaction?: Transaction): Promise<void> {
    await handleOf(this.db, transaction).delete(mailOutbox).where(eq(mailOutbox.account, account));
  }

  /** Gives the claim back. */
  async putOff(row: OutboxRow, dueAt: Date): Promise<void> {
    await this.db.update(mailOutbox).set({ dueAt }).where(isClaimOf(row));
  }

  /** It stays, for the operator, until it is purged. */
  async giveUp(row: OutboxRow, gaveUpAt: Date): Promise<void> {
    await this.db.update(mailOutbox).set({ gaveUpAt }).where(isClaimOf(row));
  }

  /** Counts at most a hundred thousand. */
  async depth(): Promise<OutboxDepth> {
    const { createdAt, gaveUpAt } = mailOutbox;
    const some = this.db.select({ createdAt, gaveUpAt }).from(mailOutbox).limit(COUNTED_MAX).as('some');
    const [row] = await this.db
      .select({
        waiting: sql<string>`count(*) filter (where ${some.gaveUpAt} is null)`,
        givenUp: sql<string>`count(${some.gaveUpAt})`,
        oldest: sql<Date | null>`min(${some.createdAt}) filter (where ${some.gaveUpAt} is null)`.mapWith(
          createdAt,
        ),
      })
      .from(some);
    return {
      waiting: Number(row?.waiting ?? 0),
      givenUp: Number(row?.givenUp ?? 0),
      oldest: row?.oldest ?? undefined,
    };
  }

  /** Deletes what was given up before. */
  async purge(before: Date): Promise<void> {
    const limit = sql.param(before, mailOutbox.gaveUpAt);
    const old = sql`array(select ${mailOutbox.id} from ${mailOutbox}
      where ${mailOutbox.gaveUpAt} <= ${limit} limit ${PURGE_BATCH} for update skip locked)`;
    await this.db.delete(mailOutbox).where(sql`${mailOutbox.id} = any(${old})`);
    // A server does that by itself (autovacuum); the embedded database does not.
    if (!this.connection.shared) await this.db.execute(sql`vacuum ${mailOutbox}`);
  }
}

function isClaimOf(row: OutboxRow) {
  return and(eq(mailOutbox.id, row.id), eq(mailOutbox.attempts, row.attempts));
}
