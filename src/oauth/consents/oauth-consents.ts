import { Injectable } from '@nestjs/common';
import { and, asc, eq } from 'drizzle-orm';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { oauthConsents } from './oauth-consents.table.js';

/** What a person allowed a client. */
export interface OAuthConsent {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
}

/** What people allowed to clients of others. */
@Injectable()
export class OAuthConsents {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined if nothing was allowed yet */
  async scopesOf(subject: string, clientId: string): Promise<readonly string[] | undefined> {
    const [row] = await this.db
      .select({ scopes: oauthConsents.scopes })
      .from(oauthConsents)
      .where(and(eq(oauthConsents.subject, subject), eq(oauthConsents.clientId, clientId)));
    return row?.scopes.split(' ');
  }

  async listOf(subject: string): Promise<OAuthConsent[]> {
    const rows = await this.db
      .select({
        clientId: oauthConsents.clientId,
        scopes: oauthConsents.scopes,
        createdAt: oauthConsents.createdAt,
      })
      .from(oauthConsents)
      .where(eq(oauthConsents.subject, subject))
      .orderBy(asc(oauthConsents.createdAt));
    return rows.map(({ clientId, scopes, createdAt }) => ({
      clientId,
      scopes: scopes.split(' '),
      createdAt,
    }));
  }

  /** @param scopes all that is allowed now, those of before included */
  async allow(
    subject: string,
    clientId: string,
    scopes: readonly string[],
    transaction: Transaction,
  ): Promise<void> {
    const now = new Date(this.clock.now());
    const said = { scopes: scopes.join(' '), updatedAt: now };
    await handleOf(this.db, transaction)
      .insert(oauthConsents)
      .values({ subject, clientId, createdAt: now, ...said })
      .onConflictDoUpdate({ target: [oauthConsents.subject, oauthConsents.clientId], set: said });
  }

  /** @returns whether there was anything to take back */
  async takeBack(subject: string, clientId: string, transaction: Transaction): Promise<boolean> {
    const gone = await handleOf(this.db, transaction)
      .delete(oauthConsents)
      .where(and(eq(oauthConsents.subject, subject), eq(oauthConsents.clientId, clientId)))
      .returning({ clientId: oauthConsents.clientId });
    return gone.length > 0;
  }

  /** All that a user allowed, for whom there is no account any more. */
  async forget(subject: string, transaction: Transaction): Promise<void> {
    await handleOf(this.db, transaction).delete(oauthConsents).where(eq(oauthConsents.subject, subject));
  }
}
