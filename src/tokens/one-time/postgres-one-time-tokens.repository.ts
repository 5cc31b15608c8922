import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, inArray, lte, ne, sql } from 'drizzle-orm';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import type { OneTimePurpose, OneTimeToken } from './one-time-token.js';
import { type ExpectedOneTimeToken, OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { oneTimeTokens } from './one-time-tokens.table.js';

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
        target: [oneTimeTokens.subject, oneTimeTokens.purpose],
        set: replacement,
        setWhere: notSince
          ? sql`${lte(oneTimeTokens.createdAt, notSince)} or ${ne(oneTimeTokens.binding, token.binding)}`
          : sql`true`,
      })
      .returning({ subject: oneTimeTokens.subject });
    return kept.length > 0;
  }

  async find(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<OneTimeToken | undefined> {
    const [row] = await this.db
      .select()
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
      .select()
      .from(oneTimeTokens)
      .where(and(eq(oneTimeTokens.subject, subject), gt(oneTimeTokens.expiresAt, now)))
      .orderBy(asc(oneTimeTokens.purpose));
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
