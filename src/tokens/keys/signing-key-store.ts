import { Injectable } from '@nestjs/common';
import { and, desc, eq, getTableColumns, gt, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { Clock } from '../../common/clock.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { TokensConfig } from '../../config/config.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { purgeBatch } from '../../database/purge/purge-batch.js';
import { isPending, type KeySchedule, publicationLead, signingAt, startOfNext } from './key-schedule.js';
import { KeySealer } from './key-sealer.js';
import { type NewKey, newKey } from './new-key.js';
import type { AsymmetricAlg } from './signing-algorithm.js';
import { expiredSigningKeys, signingKeys } from './signing-keys.table.js';

export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** Tells the other instances that there is something to read. */
export const SIGNING_KEYS_TOPIC = 'signing-keys';

/** An instance that holds the lock and is cut off from the network must not keep the others waiting. Milliseconds. */
const LOCK_TIMEOUT = 10_000;

const { sealedPrivateKey: _secret, publicJwk: _public, ...scheduleColumns } = getTableColumns(signingKeys);

/** The signing keys of the database. What changes them together is one transaction under a lock. */
@Injectable()
export class SigningKeyStore {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly sealer: KeySealer,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async all(): Promise<SigningKeyRow[]> {
    return this.db.select().from(signingKeys).orderBy(desc(signingKeys.signsFrom), signingKeys.kid);
  }

  /** All, without the keys themselves: what is read again and again. */
  async schedules(): Promise<KeySchedule[]> {
    return this.db
      .select(scheduleColumns)
      .from(signingKeys)
      .orderBy(desc(signingKeys.signsFrom), signingKeys.kid);
  }

  /**
   * Publishes a new key, and lets those before it end when it signs. It is made before the lock is taken: RSA may take
   * seconds, in which others wait for the lock.
   * @param isWanted asked before, and again under the lock, so that one of many instances does it
   * @param published part of the same transaction
   * @returns undefined if it was not wanted any more
   */
  async publish(
    alg: AsymmetricAlg,
    isWanted: (keys: readonly KeySchedule[]) => boolean,
    published?: (kid: string, transaction: Transaction) => Promise<void>,
  ): Promise<KeySchedule | undefined> {
    if (!isWanted(await readSchedules(this.db))) return undefined;
    const made = await newKey(alg);
    return this.locked(async (db, keys, transaction) => {
      if (!isWanted(keys)) return undefined;
      const key = await this.insert(db, made, keys);
      await published?.(key.kid, transaction);
      return key;
    });
  }

  /**
   * Nothing that it signed is accepted any more. Its private part is destroyed; what is left of the row keeps the kid
   * from coming back. If nothing else can sign, its successor, or a new key, does so at once.
   * @param recorded part of the same transaction
   * @returns false if there is no such key
   */
  async revoke(kid: string, recorded?: (transaction: Transaction) => Promise<void>): Promise<boolean> {
    const spare = await this.spareFor(kid);
    return this.locked(async (db, keys, transaction) => {
      const revoked = keys.find((key) => key.kid === kid);
      if (!revoked) return false;
      if (revoked.revokedAt !== null) return true;
      const now = this.clock.now();
      const signsUntil = new Date(Math.min(now, revoked.signsUntil?.getTime() ?? now));
      const change = { revokedAt: new Date(now), signsUntil, sealedPrivateKey: '' };
      await db.update(signingKeys).set(change).where(eq(signingKeys.kid, kid));
      // What it would have succeeded goes on.
      if (isPending(revoked, now)) {
        const predecessor = and(eq(signingKeys.signsUntil, revoked.signsFrom), isNull(signingKeys.revokedAt));
        await db.update(signingKeys).set({ signsUntil: null }).where(predecessor);
      }
      const others = (await readSchedules(db)).filter((key) => key.kid !== kid);
      const next = signingAt(others, revoked.alg, now);
      if (!next) await this.insert(db, spare ?? (await newKey(revoked.alg as AsymmetricAlg)), others);
      else if (isPending(next, now)) {
        const signsFrom = new Date(now);
        await db.update(signingKeys).set({ signsFrom }).where(eq(signingKeys.kid, next.kid));
      }
      await recorded?.(transaction);
      return true;
    });
  }

  /** Deletes keys whose last token has expired, unless another instance is at it. */
  async purge(): Promise<void> {
    const expired = expiredSigningKeys(this.config.clockLeeway);
    await purgeBatch(this.db, expired, { now: this.clock.now(), elapsed: 0 });
  }

  /**
   * Keys that may sign for this instance verify as long as its tokens live, whichever instance made them.
   * @param keys what was read
   * @returns whether one had to be changed
   */
  async raiseTokenTtl(keys: readonly KeySchedule[]): Promise<boolean> {
    const { accessTokenTtl } = this.config;
    const now = new Date(this.clock.now());
    const isTooLow = (key: KeySchedule) =>
      key.tokenTtl < accessTokenTtl && (key.signsUntil ?? Infinity) > now;
    if (!keys.some(isTooLow)) return false;
    const mayStillSign = or(isNull(signingKeys.signsUntil), gt(signingKeys.signsUntil, now));
    await this.db
      .update(signingKeys)
      .set({ tokenTtl: accessTokenTtl })
      .where(and(lt(signingKeys.tokenTtl, accessTokenTtl), mayStillSign));
    return true;
  }

  /** Writes the sealed key anew, unless it has been changed meanwhile. */
  async replaceSealed({ kid, sealedPrivateKey }: SigningKeyRow, renewed: string): Promise<void> {
    await this.db
      .update(signingKeys)
      .set({ sealedPrivateKey: renewed })
      .where(and(eq(signingKeys.kid, kid), eq(signingKeys.sealedPrivateKey, sealedPrivateKey)));
  }

  private async locked<Result>(
    work: (db: Database, keys: KeySchedule[], transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    return this.unitOfWork.run(async (transaction) => {
      const db = handleOf(this.db, transaction);
      await db.execute(
        sql`select set_config('idle_in_transaction_session_timeout', ${String(LOCK_TIMEOUT)}, true)`,
      );
      await db.execute(sql`lock table ${signingKeys} in exclusive mode`);
      return work(db, await readSchedules(db), transaction);
    });
  }

  /** Made before the lock is taken, if nothing else could sign in place of the key that is to be revoked. */
  private async spareFor(kid: string): Promise<NewKey | undefined> {
    const keys = await readSchedules(this.db);
    const revoked = keys.find((key) => key.kid === kid);
    if (!revoked || revoked.revokedAt !== null) return undefined;
    const others = keys.filter((key) => key !== revoked);
    return signingAt(others, revoked.alg, this.clock.now())
      ? undefined
      : newKey(revoked.alg as AsymmetricAlg);
  }

  private async insert(db: Database, made: NewKey, keys: readonly KeySchedule[]): Promise<KeySchedule> {
    const { kid, alg, publicJwk, privateKey } = made;
    const now = this.clock.now();
    const lead = publicationLead(this.config);
    const signsFrom = new Date(startOfNext(keys, now, lead));
    const unlessRevoked = isNull(signingKeys.revokedAt);
    const goesOn = or(isNull(signingKeys.signsUntil), gt(signingKeys.signsUntil, signsFrom));
    await db
      .update(signingKeys)
      .set({ signsUntil: signsFrom })
      .where(and(eq(signingKeys.alg, alg), unlessRevoked, goesOn));
    // Instances that are still configured for another algorithm go on with it for a while, and renew it if they stay.
    await db
      .update(signingKeys)
      .set({ signsUntil: new Date(signsFrom.getTime() + lead) })
      .where(and(ne(signingKeys.alg, alg), unlessRevoked, isNull(signingKeys.signsUntil)));
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const row: SigningKeyRow = {
      kid,
      alg,
      publicJwk,
      sealedPrivateKey: this.sealer.seal(pkcs8, kid),
      createdAt: new Date(now),
      signsFrom,
      signsUntil: null,
      tokenTtl: this.config.accessTokenTtl,
      revokedAt: null,
    };
    await db.insert(signingKeys).values(row);
    return row;
  }
}

async function readSchedules(db: Database): Promise<KeySchedule[]> {
  return db.select(scheduleColumns).from(signingKeys);
}
