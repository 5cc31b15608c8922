import { Injectable } from '@nestjs/common';
import { gt, sql } from 'drizzle-orm';
import { Clock } from '../../common/clock.js';
import { type Database, DatabaseConnection, InjectDatabase } from '../../database/database.js';
import { type Revocation, RevocationStore } from './revocation-store.js';
import { revocations } from './revocations.table.js';

@Injectable()
export class PostgresRevocationStore extends RevocationStore {
  readonly shared: boolean;

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
    connection: DatabaseConnection,
  ) {
    super();
    this.shared = connection.shared;
  }

  async all(): Promise<Revocation[]> {
    return this.db
      .select()
      .from(revocations)
      .where(gt(revocations.expiresAt, new Date(this.clock.now())));
  }

  async recent(): Promise<Revocation[]> {
    // By the database's clock, which also wrote the times. The minute covers transactions that commit out of order.
    return this.db
      .select()
      .from(revocations)
      .where(gt(revocations.revokedAt, sql`now() - interval '1 minute'`));
  }
}
