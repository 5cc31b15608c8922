import { Injectable } from '@nestjs/common';
import { and, type Column, eq, gt, gte, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, DatabaseConnection, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { eraOfTokenId } from './token-id.js';
import { EVERYONE, sessionEras } from './session-eras.table.js';
import type { Revocation, RevocationKind } from './revocation.js';
import { RevocationStore, type TokenIdentity } from './revocation-store.js';
import { revocations } from './revocations.table.js';

@Injectable()
export class PostgresRevocationStore extends RevocationStore {
  readonly shared: boolean;

  constructor(
    @InjectDatabase() private readonly db: Database,
    connection: DatabaseConnection,
  ) {
    super();
    this.shared = connection.shared;
  }

  async add(revocation: Revocation, transaction?: Transaction): Promise<Revocation> {
    const [row] = await handleOf(this.db, transaction)
      .insert(revocations)
      .values({ ...revocation, revokedAt: sql`now()` })
      .onConflictDoUpdate({
        target: [revocations.kind, revocations.id],
        set: {
          issuedBefore: sql`greatest(${revocations.issuedBefore} + interval '1 second', excluded.issued_before)`,
          revokedAt: sql`excluded.revoked_at`,
          expiresAt: sql`greatest(${revocations.expiresAt}, excluded.expires_at)`,
        },
      })
      .returning(COLUMNS);
    return row ?? revocation;
  }

  async all(): Promise<Revocation[]> {
    // By the database's clock, with a day to spare: eras are kept far longer.
    return this.read(undefined, sql`${sessionEras.revokedUntil} > now() - interval '1 day'`);
  }

  async recent(window: number): Promise<Revocation[]> {
    // By the database's clock, which also wrote the times.
    const from = sql`now() - ${window} * interval '1 millisecond'`;
    return this.read(gt(revocations.revokedAt, from), gt(sessionEras.begunAt, from));
  }

  private async read(which: SQL | undefined, eras: SQL): Promise<Revocation[]> {
    const rows = await unionAll(
      this.db
        .select({
          ...COLUMNS,
          era: sql<string | null>`null::text`,
          spared: sql<string | null>`null::uuid`,
          age: ageOf(revocations.revokedAt),
        })
        .from(revocations)
        .where(which),
      this.db
        .select({
          kind: sql<RevocationKind>`'era'`,
          id: sessionEras.subject,
          issuedBefore: sql<Date | null>`${sessionEras.endedAt}`,
          expiresAt: sessionEras.revokedUntil,
          era: sql<string | null>`${sessionEras.era}::text`,
          spared: sessionEras.spared,
          age: ageOf(sessionEras.begunAt),
        })
        .from(sessionEras)
        .where(eras),
    );
    return rows.map(({ kind, id, issuedBefore, expiresAt, era, spared, age }) => ({
      kind,
      id,
      issuedBefore,
      expiresAt,
      era: era === null ? undefined : { number: Number(era), spared },
      age: Number(age),
    }));
  }

  async isRevoked({ sessionId, subject, tokenId, issuedAt }: TokenIdentity): Promise<boolean> {
    const is = (kind: Revocation['kind'], id: string) =>
      and(eq(revocations.kind, kind), eq(revocations.id, id));
    const revoked = this.db
      .select({ kind: revocations.kind })
      .from(revocations)
      .where(
        and(
          or(is('session', sessionId), is('subject', subject), is('token', tokenId), is('all', '')),
          or(isNull(revocations.issuedBefore), gt(revocations.issuedBefore, new Date(issuedAt))),
        ),
      );
    const era = eraOfTokenId(tokenId);
    const later = this.db
      .select({ kind: sql<RevocationKind>`'era'` })
      .from(sessionEras)
      .where(
        and(
          inArray(sessionEras.subject, [subject, EVERYONE]),
          era === undefined ? gte(sessionEras.endedAt, new Date(issuedAt)) : gt(sessionEras.era, era),
          or(isNull(sessionEras.spared), sql`${sessionEras.spared}::text <> ${sessionId}`),
        ),
      );
    return (await unionAll(revoked, later).limit(1)).length > 0;
  }
}

/** Milliseconds, by the clock that wrote the time. As text, whatever the driver makes of numbers. */
function ageOf(recordedAt: Column): SQL<string> {
  return sql<string>`(extract(epoch from clock_timestamp() - ${recordedAt}) * 1000)::bigint::text`;
}

const COLUMNS = {
  kind: revocations.kind,
  id: revocations.id,
  issuedBefore: revocations.issuedBefore,
  expiresAt: revocations.expiresAt,
};
