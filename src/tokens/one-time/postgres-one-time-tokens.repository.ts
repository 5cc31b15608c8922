import { alias } from 'drizzle-orm/pg-core';
import { Injectable } from '@nestjs/common';
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  lt,
  ne,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { columnsOf, insertionInto } from '../../database/insertion.js';
import { plainWrite } from '../../database/sql-write.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import type { OneTimePurpose, OneTimeToken } from './one-time-token.js';
import { type ExpectedOneTimeToken, OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { oneTimeTokens } from './one-time-tokens.table.js';

const TOKEN = insertionInto(oneTimeTokens, columnsOf(oneTimeTokens));

/** Milliseconds. */
const OLDER_COUNT_FOR = 86_400_000;

/** How they are kept apart in the table is known here alone. */
const { slot: _slot, ...WHOLE_TOKEN } = getTableColumns(oneTimeTokens);

@Injectable()
export class PostgresOneTimeTokensRepository extends OneTimeTokensRepository {
  constructor(@InjectDatabase() private readonly db: Database) {
    super();
  }

  async put(token: OneTimeToken, notSince: Date | null, transaction?: Transaction): Promise<boolean> {
    const { subject: _subject, purpose: _purpose, ...replacement } = token;
    const kept = await handleOf(this.db, transaction)
      .insert(oneTimeTokens)
      .values(token)
      .onConflictDoUpdate({
        target: [oneTimeTokens.subject, oneTimeTokens.purpose, oneTimeTokens.slot],
        set: replacement,
        setWhere: notSince
          ? sql`${this.mayFollow(notSince, token.createdAt)} or ${ne(oneTimeTokens.binding, token.binding)}`
          : sql`true`,
      })
      .returning({ subject: oneTimeTokens.subject });
    return kept.length > 0;
  }

  override puttingFirst(token: OneTimeToken): Write {
    return plainWrite(TOKEN({ ...token, slot: '' }), (transaction) => this.put(token, null, transaction));
  }

  async keepOlder(
    subject: string,
    purpose: OneTimePurpose,
    notSince: Date | null,
    now: Date,
    transaction?: Transaction,
  ): Promise<void> {
    await handleOf(this.db, transaction)
      .update(oneTimeTokens)
      .set({ slot: sql`${oneTimeTokens.tokenHash}` })
      .where(
        and(
          eq(oneTimeTokens.subject, subject),
          eq(oneTimeTokens.purpose, purpose),
          eq(oneTimeTokens.slot, ''),
          notSince ? this.mayFollow(notSince, now) : undefined,
        ),
      );
  }

  /** Whether the newest was issued long enough ago: each one that stays beside it doubles the time. */
  private mayFollow(notSince: Date, now: Date): SQL {
    const instant = (time: Date) => sql`${sql.param(time, oneTimeTokens.createdAt)}::timestamptz`;
    const older = alias(oneTimeTokens, 'older');
    const kept = this.db
      .select({ count: sql`least(count(*), 30)` })
      .from(older)
      .where(
        and(
          eq(older.subject, oneTimeTokens.subject),
          eq(older.purpose, oneTimeTokens.purpose),
          ne(older.slot, ''),
          gt(older.createdAt, new Date(now.getTime() - OLDER_COUNT_FOR)),
        ),
      );
    const interval = sql`(${instant(now)} - ${instant(notSince)}) * power(2, (${kept}))`;
    const longest = sql`greatest(${instant(now)} - ${instant(notSince)}, interval '1 hour')`;
    return sql`${oneTimeTokens.createdAt} <= ${instant(now)} - least(${interval}, ${longest})`;
  }

  async find(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<OneTimeToken | undefined> {
    const [row] = await this.db
      .select(WHOLE_TOKEN)
      .from(oneTimeTokens)
      .where(
        and(
          eq(oneTimeTokens.tokenHash, tokenHash),
          eq(oneTimeTokens.purpose, purpose),
          gt(oneTimeTokens.expiresAt, now),
        ),
      );
    return row;
  }

  async take(expected: ExpectedOneTimeToken, now: Date, transaction?: Transaction): Promise<boolean> {
    const taken = await handleOf(this.db, transaction)
      .delete(oneTimeTokens)
      .where(
        and(
          eq(oneTimeTokens.tokenHash, expected.tokenHash),
          eq(oneTimeTokens.purpose, expected.purpose),
          eq(oneTimeTokens.subject, expected.subject),
          eq(oneTimeTokens.binding, expected.binding),
          gt(oneTimeTokens.expiresAt, now),
        ),
      )
      .returning({ subject: oneTimeTokens.subject });
    return taken.length > 0;
  }

  async findAll(subject: string, now: Date): Promise<OneTimeToken[]> {
    return this.db
      .select(WHOLE_TOKEN)
      .from(oneTimeTokens)
      .where(and(eq(oneTimeTokens.subject, subject), gt(oneTimeTokens.expiresAt, now)))
      .orderBy(asc(oneTimeTokens.purpose), desc(oneTimeTokens.id));
  }

  async list(
    purpose: OneTimePurpose,
    { limit, before }: { readonly limit: number; readonly before: string | undefined },
    now: Date,
  ): Promise<OneTimeToken[]> {
    return this.db
      .select(WHOLE_TOKEN)
      .from(oneTimeTokens)
      .where(
        and(
          eq(oneTimeTokens.purpose, purpose),
          gt(oneTimeTokens.expiresAt, now),
          before === undefined ? undefined : lt(oneTimeTokens.id, before),
        ),
      )
      .orderBy(desc(oneTimeTokens.id))
      .limit(limit);
  }

  async withdraw(
    id: string,
    purpose: OneTimePurpose,
    now: Date,
    transaction?: Transaction,
  ): Promise<OneTimeToken | undefined> {
    const [withdrawn] = await handleOf(this.db, transaction)
      .delete(oneTimeTokens)
      .where(
        and(eq(oneTimeTokens.id, id), eq(oneTimeTokens.purpose, purpose), gt(oneTimeTokens.expiresAt, now)),
      )
      .returning(WHOLE_TOKEN);
    return withdrawn;
  }

  async endWithSessions(
    subject: string,
    sessions: { readonly only: readonly string[] } | { readonly except: string | undefined },
    transaction?: Transaction,
  ): Promise<void> {
    const { sessionId } = oneTimeTokens;
    const which =
      'only' in sessions
        ? inArray(sessionId, [...sessions.only])
        : sessions.except === undefined
          ? isNotNull(sessionId)
          : ne(sessionId, sessions.except);
    await handleOf(this.db, transaction)
      .delete(oneTimeTokens)
      .where(and(eq(oneTimeTokens.subject, subject), which));
  }

  async delete(
    subject: string,
    purposes?: readonly OneTimePurpose[],
    transaction?: Transaction,
  ): Promise<void> {
    await handleOf(this.db, transaction)
      .delete(oneTimeTokens)
      .where(
        and(eq(oneTimeTokens.subject, subject), purposes && inArray(oneTimeTokens.purpose, [...purposes])),
      );
  }
}
