import { Injectable } from '@nestjs/common';
import { type Database, InjectDatabase } from '../../database/database.js';
import { dpopProofs } from './dpop-proofs.table.js';
import { ReplayDetection } from './replay-detection.js';

/** In the database: the primary key decides who was first. */
@Injectable()
export class PostgresReplayDetection extends ReplayDetection {
  constructor(@InjectDatabase() private readonly db: Database) {
    super();
  }

  async isFirstUse(id: string, expiresAt: number): Promise<boolean> {
    const put = await this.db
      .insert(dpopProofs)
      .values({ id, expiresAt: new Date(expiresAt) })
      .onConflictDoNothing()
      .returning({ id: dpopProofs.id });
    return put.length > 0;
  }
}
