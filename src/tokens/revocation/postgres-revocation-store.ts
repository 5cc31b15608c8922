import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { type Database, DatabaseConnection, InjectDatabase } from '../../database/database.js';
import type { Revocation } from './revocation.js';
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

  async add(revocation: Revocation): Promise<Revocation> {
    const [row] = await this.db
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
    return this.db.select(COLUMNS).from(revocations);
  }

  async recent(window: number): Promise<Revocation[]> {
    // By the database's clock, which also wrote the times.
    return this.db
      .select(COLUMNS)
      .from(revocations)
      .where(gt(revocations.revokedAt, sql`now() - ${window} * interval '1 millisecond'`));
  }

  async isRevoked({ sessionId, subject, tokenId, issuedAt }: TokenIdentity): Promise<boolean> {
    const is = (kind: Revocation['kind'], id: string) =>
      and(eq(revocations.kind, kind), eq(revocations.id, id));
    const [found] = await this.db
      .select({ kind: revocations.kind })
      .from(revocations)
      .where(
        and(
          or(is('session', sessionId), is('subject', subject), is('token', tokenId), is('all', '')),
          or(isNull(revocations.issuedBefore), gt(revocations.issuedBefore, new Date(issuedAt))),
        ),
      )
      .limit(1);
    return found !== undefined;
  }
}

const COLUMNS = {
  kind: revocations.kind,
  id: revocations.id,
  issuedBefore: revocations.issuedBefore,
  expiresAt: revocations.expiresAt,
};
