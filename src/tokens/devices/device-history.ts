import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, ne, notInArray, sql } from 'drizzle-orm';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { deviceOf } from '../../common/device.js';
import { type Transaction, UnitOfWork, type Write } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { SqlWrite } from '../../database/sql-write.js';
import { lockKey } from '../../database/own-schema.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { type DerivedKey, DerivedKeys } from '../../secrets/derived-keys.js';
import { knownDevices } from './device-history.table.js';
import { DEVICE, sightingPart } from './device-parts.js';
import { neighbourhoodOf } from './neighbourhood-of.js';

/** Of a subject; the ones not seen for longest are forgotten. */
const KEPT = 20;

export interface KnownDevice {
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

type Client = Pick<ClientInfo, 'ip' | 'userAgent'>;

/**
 * From where subjects have signed in: the same program on the same system, in the same neighbourhood of the network.
 * Outlives sessions, wherever those are kept.
 */
@Injectable()
export class DeviceHistory {
  private readonly key: DerivedKey;

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    keys: DerivedKeys,
  ) {
    this.key = keys.derive('known-device');
  }

  /**
   * Notes that the subject has signed in from the device, to be done together with others.
   * @returns whether the device is known; if it is not, it is to be remembered
   */
  seeing(subject: string, client: Client): Write<boolean> {
    const [fingerprint = '', ...previous] = this.fingerprintsOf(subject, client);
    const fingerprints = [fingerprint, ...previous];
    const now = this.clock.now();
    return new SqlWrite([sightingPart(subject, fingerprints, now)], {
      within: async (transaction) => {
        const seen = await this.see(handleOf(this.db, transaction), subject, fingerprints);
        return seen.includes(fingerprint);
      },
      parse: (seen) => seen.includes(fingerprint),
    });
  }

  /** Remembers the device of a subject who has just come to be, to be done together with others. */
  meeting(subject: string, client: Client): Write<boolean> {
    const [fingerprint = ''] = this.fingerprintsOf(subject, client);
    const now = new Date(this.clock.now());
    return new SqlWrite([DEVICE({ subject, fingerprint, firstSeenAt: now, lastSeenAt: now })], {
      within: async (transaction) => {
        await this.add(handleOf(this.db, transaction), subject, fingerprint);
        return true;
      },
      parse: () => true,
    });
  }

  /**
   * Remembers the device.
   * @param announce called for a device that is new to a subject who has others, once, however many sign in from it at
   * the same time; in the transaction that remembers it
   * @returns whether it was this call that added it: a subject that is gone by now must be forgotten again
   */
  async remember(
    subject: string,
    client: Client,
    announce?: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean> {
    const [fingerprint = '', ...previous] = this.fingerprintsOf(subject, client);
    const seen = await this.see(this.db, subject, [fingerprint, ...previous]);
    if (seen.includes(fingerprint)) return false;
    return this.unitOfWork.run(async (transaction) => {
      const db = handleOf(this.db, transaction);
      // One device of a subject after the other: the first one is whichever comes first.
      await lock(db, subject);
      const added = await this.add(db, subject, fingerprint);
      // Made with the previous secret, it is the same device.
      if (!added || seen.length > 0) return added;
      if (await hasOthers(db, subject, fingerprint)) await announce?.(transaction);
      await forgetOldest(db, subject);
      return true;
    });
  }

  /** The latest first: what is known of them besides a MAC. */
  async list(subject: string): Promise<KnownDevice[]> {
    const { firstSeenAt, lastSeenAt } = knownDevices;
    return this.db
      .select({ firstSeenAt, lastSeenAt })
      .from(knownDevices)
      .where(eq(knownDevices.subject, subject))
      .orderBy(desc(lastSeenAt));
  }

  /** For a subject that goes: within the transaction in which it does, what is being remembered waits for its end. */
  async forget(subject: string, transaction?: Transaction): Promise<void> {
    const db = handleOf(this.db, transaction);
    if (transaction) await lock(db, subject);
    await db.delete(knownDevices).where(eq(knownDevices.subject, subject));
  }

  private async see(db: Database, subject: string, fingerprints: string[]): Promise<string[]> {
    const seen = await db
      .update(knownDevices)
      .set({ lastSeenAt: new Date(this.clock.now()) })
      .where(and(eq(knownDevices.subject, subject), inArray(knownDevices.fingerprint, fingerprints)))
      .returning({ fingerprint: knownDevices.fingerprint });
    return seen.map((row) => row.fingerprint);
  }

  /** @returns whether it was this call that added it */
  private async add(db: Database, subject: string, fingerprint: string): Promise<boolean> {
    const now = new Date(this.clock.now());
    const added = await db
      .insert(knownDevices)
      .values({ subject, fingerprint, firstSeenAt: now, lastSeenAt: now })
      .onConflictDoNothing()
      .returning({ fingerprint: knownDevices.fingerprint });
    return added.length > 0;
  }

  /** By each accepted secret, the current one first. */
  private fingerprintsOf(subject: string, { ip, userAgent }: Client): string[] {
    const text = JSON.stringify([subject, deviceOf(userAgent), neighbourhoodOf(ip ?? '')]);
    return this.key.accepted.map((key) => createHmac('sha256', key).update(text).digest('base64url'));
  }
}

/** Until the transaction ends. */
async function lock(db: Database, subject: string): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(${lockKey(`devices of ${subject}`)})`);
}

async function hasOthers(db: Database, subject: string, fingerprint: string): Promise<boolean> {
  const others = await db
    .select({ fingerprint: knownDevices.fingerprint })
    .from(knownDevices)
    .where(and(eq(knownDevices.subject, subject), ne(knownDevices.fingerprint, fingerprint)))
    .limit(1);
  return others.length > 0;
}

async function forgetOldest(db: Database, subject: string): Promise<void> {
  const kept = db
    .select({ fingerprint: knownDevices.fingerprint })
    .from(knownDevices)
    .where(eq(knownDevices.subject, subject))
    .orderBy(desc(knownDevices.lastSeenAt))
    .limit(KEPT);
  await db
    .delete(knownDevices)
    .where(and(eq(knownDevices.subject, subject), notInArray(knownDevices.fingerprint, kept)));
}
