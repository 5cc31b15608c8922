import { Injectable } from '@nestjs/common';
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { holderHashOf } from '../artifacts/artifact-holder.js';
import { oauthArtifacts } from '../artifacts/oauth-artifacts.table.js';
import { oauthConsents } from './oauth-consents.table.js';

/** What a person allowed a client. */
export interface OAuthConsent {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** When it was given; one that is taken back and given again has another. */
  readonly createdAt: Date;
}

const CONSENT = {
  clientId: oauthConsents.clientId,
  scopes: oauthConsents.scopes,
  createdAt: oauthConsents.createdAt,
};

/** What people allowed to clients of others. */
@Injectable()
export class OAuthConsents {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined if nothing was allowed yet */
  async find(subject: string, clientId: string): Promise<OAuthConsent | undefined> {
    const [row] = await this.db.select(CONSENT).from(oauthConsents).where(isOf(subject, clientId));
    return row && consentOf(row);
  }

  /** The same; until the transaction's end it is neither changed nor taken back. */
  async hold(subject: string, clientId: string, transaction: Transaction): Promise<OAuthConsent | undefined> {
    const [row] = await handleOf(this.db, transaction)
      .select(CONSENT)
      .from(oauthConsents)
      .where(isOf(subject, clientId))
      .for('share');
    return row && consentOf(row);
  }

  async listOf(subject: string): Promise<OAuthConsent[]> {
    const rows = await this.db
      .select(CONSENT)
      .from(oauthConsents)
      .where(eq(oauthConsents.subject, subject))
      .orderBy(asc(oauthConsents.createdAt));
    return rows.map(consentOf);
  }

  /** @param scopes all that is allowed now, in place of those of before */
  async allow(
    subject: string,
    clientId: string,
    scopes: readonly string[],
    transaction: Transaction,
  ): Promise<void> {
    const now = new Date(this.clock.now());
    const changed = { scopes: scopes.join(' '), updatedAt: now };
    await handleOf(this.db, transaction)
      .insert(oauthConsents)
      .values({ subject, clientId, createdAt: now, ...changed })
      .onConflictDoUpdate({ target: [oauthConsents.subject, oauthConsents.clientId], set: changed });
  }

  /**
   * Allows it in addition, by one statement: of several at once none is lost, and what is taken back meanwhile stays so.
   * @param possible scopes that the client may have: others of before are left out
   * @returns when the consent was first given
   */
  async add(
    subject: string,
    clientId: string,
    scopes: readonly string[],
    possible: readonly string[],
    transaction: Transaction,
  ): Promise<Date> {
    const now = new Date(this.clock.now());
    const { scopes: before } = oauthConsents;
    const allowed = scopes.filter((scope) => possible.includes(scope)).join(' ');
    const [row] = await handleOf(this.db, transaction)
      .insert(oauthConsents)
      .values({ subject, clientId, createdAt: now, updatedAt: now, scopes: allowed })
      .onConflictDoUpdate({
        target: [oauthConsents.subject, oauthConsents.clientId],
        set: {
          updatedAt: now,
          scopes: sql`(
            select coalesce(string_agg(scope, ' ' order by place), '') from (
              select scope, min(place) as place
              from unnest(string_to_array(${before} || ' ' || excluded.scopes, ' ')) with ordinality as each(scope, place)
              where scope = any(string_to_array(${possible.join(' ')}::text, ' ')) group by scope
            ) as united
          )`,
        },
      })
      .returning({ createdAt: oauthConsents.createdAt });
    return row?.createdAt ?? now;
  }

  /**
   * With it goes what the client was allowed and has not taken, also of one that needs no consent: who takes that meanwhile is waited
   * for, and has a session then.
   * @returns whether there was a consent to take back
   */
  async takeBack(subject: string, clientId: string, transaction: Transaction): Promise<boolean> {
    const db = handleOf(this.db, transaction);
    // Before the consent, as where it is taken.
    await db.delete(oauthArtifacts).where(eq(oauthArtifacts.holderHash, holderHashOf(subject, clientId)));
    const gone = await db
      .delete(oauthConsents)
      .where(isOf(subject, clientId))
      .returning({ clientId: oauthConsents.clientId });
    return gone.length > 0;
  }

  /** All that a user allowed, for whom there is no account any more. */
  async forget(subject: string, transaction: Transaction): Promise<void> {
    await handleOf(this.db, transaction).delete(oauthConsents).where(eq(oauthConsents.subject, subject));
  }
}

function isOf(subject: string, clientId: string): SQL | undefined {
  return and(eq(oauthConsents.subject, subject), eq(oauthConsents.clientId, clientId));
}

/** Nothing but the client itself may have been allowed: no scope. */
function consentOf({
  scopes,
  ...row
}: Pick<typeof oauthConsents.$inferSelect, keyof OAuthConsent>): OAuthConsent {
  return { ...row, scopes: scopes.split(' ').filter(Boolean) };
}
