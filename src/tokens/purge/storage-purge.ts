import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { Clock } from '../../common/clock.js';
import { SteadyTime } from '../../common/steady-time.js';
import { type Database, DatabaseConnection, InjectDatabase } from '../../database/database.js';
import { SigningKeyStore } from '../keys/signing-key-store.js';
import { oneTimeTokens } from '../one-time/one-time-tokens.table.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { revocations } from '../revocation/revocations.table.js';
import { sessions } from '../sessions/sessions.table.js';
import {
  BATCH_SIZE,
  DUE_ONE_TIME_TOKENS,
  DUE_REVOCATIONS,
  DUE_SESSIONS,
  type DueRows,
  purgeBatch,
} from './purge-batch.js';

/** After each full batch, for the others. Milliseconds. */
const PAUSE = 100;

const UNSURE_MARGIN = 86_400_000;

export interface Purged {
  readonly sessions: number;
  readonly revocations: number;
  readonly oneTimeTokens: number;
  /** Another instance was at it, and does the rest. */
  readonly yielded: boolean;
}

/** Deletes from the database what is not needed any more, a batch at a time. */
@Injectable()
export class StoragePurge {
  private readonly time: SteadyTime;

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly connection: DatabaseConnection,
    private readonly signingKeys: SigningKeyStore,
    private readonly revoked: RevocationService,
    clock: Clock,
  ) {
    this.time = new SteadyTime(clock);
  }

  /** @param signal ends it after the batch that is under way */
  async run(signal?: AbortSignal): Promise<Purged> {
    const purged = { sessions: 0, revocations: 0, oneTimeTokens: 0 };
    const kinds = [...DUE_SESSIONS, DUE_REVOCATIONS, DUE_ONE_TIME_TOKENS];
    const yielded = !(await this.purge(kinds, purged, signal));
    if (yielded || signal?.aborted) return { ...purged, yielded };
    // The rotation does it, too, but not where the keys in use are not those of the database.
    await this.signingKeys.purge();
    if (purged.sessions > 0) await this.reclaim(sessions);
    if (purged.revocations > 0) await this.reclaim(revocations);
    if (purged.oneTimeTokens > 0) await this.reclaim(oneTimeTokens);
    return { ...purged, yielded };
  }

  /** @returns false if another instance is at it */
  private async purge(
    kinds: readonly DueRows[],
    purged: Record<DueRows['name'], number>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const [due, ...others] = kinds;
    if (!due || signal?.aborted) return true;
    const count = await purgeBatch(this.db, due, this.timeFor(due));
    if (count === undefined) return false;
    purged[due.name] += count;
    if (count < BATCH_SIZE) return this.purge(others, purged, signal);
    await setTimeout(PAUSE, undefined, { signal }).catch(() => undefined);
    return this.purge(kinds, purged, signal);
  }

  /**
   * A clock that is ahead deletes no revocation whose tokens live on when it comes back: not one that was ahead when this
   * process started, either, until the tokens of before have expired in any case; up to then with a day to spare.
   */
  private timeFor({ name }: DueRows): number {
    const now = this.time.earliest();
    const isSure = name !== 'revocations' || this.time.elapsed >= this.revoked.longestLife;
    return isSure ? now : now - UNSURE_MARGIN;
  }

  /** Room for new rows. A server does that by itself (autovacuum); the embedded database has nothing that would. */
  private async reclaim(table: PgTable): Promise<void> {
    if (!this.connection.shared) await this.db.execute(sql`vacuum ${table}`);
  }
}
