import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { oauthLogouts } from './logout-notices.table.js';

export type LogoutNotice = typeof oauthLogouts.$inferSelect;

/** What is written down of a grant when it is opened. */
export type WatchedGrant = Pick<LogoutNotice, 'sessionId' | 'clientId' | 'subject' | 'dueAt' | 'expiresAt'>;

/** An instance that took a row and says nothing for so long has died. Milliseconds. */
const LEASE = 60_000;
/** Looked at in one step. */
const BATCH = 1_000;

/**
 * The rows of grants whose client is to be told of their end. An instance that claims a row holds it until its lease ends, which
 * tells one claim from the next: one that comes too late changes nothing.
 */
@Injectable()
export class LogoutNotices {
  constructor(@InjectDatabase() private readonly db: Database) {}

  /** From the opening of the grant on. */
  async watch(grant: WatchedGrant, transaction: Transaction): Promise<void> {
    await handleOf(this.db, transaction)
      .insert(oauthLogouts)
      .values({ ...grant, attempts: 0 });
  }

  /**
   * These sessions may have ended: they are looked at next. Those of clients that need not be told have no row; those that an
   * instance has claimed, or that are due soon, are looked at in any case.
   */
  async lookAt(sessionIds: readonly string[], now: Date): Promise<void> {
    await this.db
      .update(oauthLogouts)
      .set({ dueAt: now })
      .where(and(sql`${oauthLogouts.sessionId} = any(${sql.param([...sessionIds])}::uuid[])`, isLater(now)));
  }

  /** The same of all of a subject's. */
  async lookAtAllOf(subject: string, now: Date): Promise<void> {
    await this.db
      .update(oauthLogouts)
      .set({ dueAt: now })
      .where(and(eq(oauthLogouts.subject, subject), isLater(now)));
  }

  /** The same of all there are, in steps. */
  async lookAtAll(now: Date): Promise<void> {
    const later = sql`array(select ${oauthLogouts.sessionId} from ${oauthLogouts}
      where ${isLater(now)} limit ${BATCH} for update skip locked)`;
    for (;;) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one step after the other
      const moved = await this.db
        .update(oauthLogouts)
        .set({ dueAt: now })
        .where(sql`${oauthLogouts.sessionId} = any(${later})`)
        .returning({ id: oauthLogouts.sessionId });
      if (moved.length < BATCH) return;
    }
  }

  /** Takes those that have been due for longest, one instance each, in one statement. */
  async claim(limit: number, now: Date): Promise<LogoutNotice[]> {
    // As an array, so that the rows are picked and locked exactly once.
    const due = sql`array(select ${oauthLogouts.sessionId} from ${oauthLogouts}
      where ${oauthLogouts.gaveUpAt} is null and ${oauthLogouts.dueAt} <= ${sql.param(now, oauthLogouts.dueAt)}
      order by ${oauthLogouts.dueAt} limit ${limit} for update skip locked)`;
    return this.db
      .update(oauthLogouts)
      .set({ dueAt: new Date(now.getTime() + LEASE) })
      .where(sql`${oauthLogouts.sessionId} = any(${due})`)
      .returning();
  }

  /** It was told, or need not be. */
  async remove(claimed: LogoutNotice): Promise<void> {
    await this.db.delete(oauthLogouts).where(isClaimOf(claimed));
  }

  /** Gives the claim back. */
  async putOff(
    claimed: LogoutNotice,
    later: Pick<LogoutNotice, 'dueAt' | 'endedAt' | 'attempts'>,
  ): Promise<void> {
    const { dueAt, endedAt, attempts } = later;
    await this.db.update(oauthLogouts).set({ dueAt, endedAt, attempts }).where(isClaimOf(claimed));
  }

  /** It stays, for an operator to look at, until it is purged. */
  async giveUp(claimed: LogoutNotice, now: Date, expiresAt: Date): Promise<void> {
    await this.db
      .update(oauthLogouts)
      .set({ gaveUpAt: now, endedAt: now, expiresAt })
      .where(isClaimOf(claimed));
  }
}

/** What is open, as far as is known, and neither claimed nor due. */
function isLater(now: Date) {
  const soon = new Date(now.getTime() + 2 * LEASE);
  return and(isNull(oauthLogouts.endedAt), isNull(oauthLogouts.gaveUpAt), gt(oauthLogouts.dueAt, soon));
}

function isClaimOf({ sessionId, dueAt }: LogoutNotice) {
  return and(eq(oauthLogouts.sessionId, sessionId), eq(oauthLogouts.dueAt, dueAt));
}
