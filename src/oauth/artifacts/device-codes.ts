import { Injectable } from '@nestjs/common';
import { and, eq, gt, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { holderOf } from './artifact-holder.js';
import { ArtifactSealer, hashOf } from './artifact-sealer.js';
import { oauthArtifacts } from './oauth-artifacts.table.js';
import { UserCodeHashes } from './user-code-hashes.js';

/** Seconds that a device waits from one poll to the next (RFC 8628 section 3.2). */
export const POLL_INTERVAL = 5;
/** How much longer after each that came too soon (RFC 8628 section 3.5), and how long at most. */
const SLOWER_BY = 5;
const POLL_INTERVAL_MAX = 60;

/** What a poll comes to. `used`: it has given its tokens already. `unknown`: there is no such code, or not any more. */
export type Poll = 'in-time' | 'too-soon' | 'used' | 'expired' | 'unknown';

/** Of the request by which a device asked for a code. */
export interface DeviceInfo {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A device code that no person has answered yet, as it was read. */
export interface WaitingDevice {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expiresAt: Date;
  readonly idHash: string;
  /** By which it is told whether it was answered meanwhile. */
  readonly sealed: string;
}

type Waiting = Pick<typeof oauthArtifacts.$inferSelect, 'expiresAt' | 'consumedAt'>;

const isDeviceCode = eq(oauthArtifacts.model, 'DeviceCode');

/** Device codes, as the device polls with them, and as a person answers them. */
@Injectable()
export class DeviceCodes {
  private readonly sealer: ArtifactSealer;
  private readonly userCodes: UserCodeHashes;

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
    keys: DerivedKeys,
  ) {
    this.sealer = new ArtifactSealer(keys);
    this.userCodes = new UserCodeHashes(keys);
  }

  /** Of several polls at once one is in time; each that is not makes the device wait longer. */
  async poll(deviceCode: string): Promise<Poll> {
    const { nextPollAt } = oauthArtifacts;
    const now = new Date(this.clock.now());
    const isDue = or(isNull(nextPollAt), lte(nextPollAt, now));
    const inTime = await this.wait(deviceCode, sql`${pollInterval}`, isDue);
    if (inTime) return inTime.expiresAt <= now ? 'expired' : 'in-time';
    const longer = sql`least(${pollInterval} + ${SLOWER_BY}::int, ${POLL_INTERVAL_MAX}::int)`;
    const tooSoon = await this.wait(deviceCode, longer);
    if (!tooSoon) return 'unknown';
    if (tooSoon.expiresAt <= now) return 'expired';
    // Whoever has a used code need not be told to wait: it ends what the code gave.
    return tooSoon.consumedAt ? 'used' : 'too-soon';
  }

  /** @returns undefined if there is none of this code, it was answered, or its time is over */
  async findWaiting(userCode: string): Promise<WaitingDevice | undefined> {
    const { idHash, sealed, expiresAt, grantId, consumedAt } = oauthArtifacts;
    const isOfCode = inArray(oauthArtifacts.userCodeHash, this.userCodes.allOf(userCode));
    const isWaiting = and(isNull(grantId), isNull(consumedAt), gt(expiresAt, new Date(this.clock.now())));
    const [row] = await this.db
      .select({ idHash, sealed, expiresAt })
      .from(oauthArtifacts)
      .where(and(isDeviceCode, isOfCode, isWaiting));
    const payload = row && this.sealer.open(row.sealed, row.idHash);
    return payload && payload['error'] === undefined ? { ...row, payload } : undefined;
  }

  /**
   * Puts a person's answer down.
   * @param grantId of the session that it is to become; undefined: it was not allowed
   * @returns false if it was answered, used or deleted since it was read, or its time is over: of several answers one gets true
   */
  async answer(
    { idHash, sealed }: WaitingDevice,
    payload: Readonly<Record<string, unknown>>,
    grantId: string | undefined,
    transaction: Transaction,
  ): Promise<boolean> {
    const isAsRead = and(eq(oauthArtifacts.idHash, idHash), eq(oauthArtifacts.sealed, sealed));
    const answered = await handleOf(this.db, transaction)
      .update(oauthArtifacts)
      .set({
        sealed: this.sealer.seal(payload, idHash),
        grantId: grantId ?? null,
        holderHash: grantId === undefined ? null : holderOf(payload),
      })
      .where(
        and(
          isDeviceCode,
          isAsRead,
          isNull(oauthArtifacts.consumedAt),
          gt(oauthArtifacts.expiresAt, new Date(this.clock.now())),
        ),
      )
      .returning({ idHash: oauthArtifacts.idHash });
    return answered.length > 0;
  }

  /** @returns when the code expires, and when it was used; undefined: it is not there, or the condition does not hold */
  private async wait(deviceCode: string, interval: SQL, condition?: SQL): Promise<Waiting | undefined> {
    const now = new Date(this.clock.now()).toISOString();
    const [row] = await this.db
      .update(oauthArtifacts)
      .set({
        pollInterval: interval,
        nextPollAt: sql`${now}::timestamptz + make_interval(secs => ${interval})`,
      })
      .where(and(isDeviceCode, eq(oauthArtifacts.idHash, hashOf(deviceCode)), condition))
      .returning({ expiresAt: oauthArtifacts.expiresAt, consumedAt: oauthArtifacts.consumedAt });
    return row;
  }
}

const pollInterval = sql`coalesce(${oauthArtifacts.pollInterval}, ${POLL_INTERVAL}::int)`;
