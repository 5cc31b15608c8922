import { createPrivateKey } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { PolledSnapshot } from '../../common/polled-snapshot.js';
import { TokensConfig } from '../../config/config.js';
import { toldAsWritten } from '../../config/told-as-written.js';
import { DatabaseConnection } from '../../database/database.js';
import { PushChannel } from '../../push/push-channel.js';
import {
  isRotationDue,
  type KeySchedule,
  plannedAfter,
  signingAt,
  stateOf,
  verifiesUntil,
} from './key-schedule.js';
import { KeySealer } from './key-sealer.js';
import type { AsymmetricAlg } from './signing-algorithm.js';
import { SigningKeyError, type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import { type SigningKeyRow, SIGNING_KEYS_TOPIC, SigningKeyStore } from './signing-key-store.js';
import { TokenKey } from './token-key.js';

/** How often the database is read for what other instances did, in case their message is lost. Milliseconds. */
const POLL_INTERVAL = 500;
/** Less would be stale between two polls. */
const MIN_STALENESS_BOUND = 3 * POLL_INTERVAL;

/** Keys in the database, sealed; each with its times, which every instance keeps by its clock. */
@Injectable()
export class PostgresSigningKeys extends SigningKeySource {
  private readonly logger = new Logger('SigningKeys');
  private readonly alg: AsymmetricAlg;
  private schedules: readonly KeySchedule[] = [];
  /** By kid, which is made of the key itself. */
  private opened: ReadonlyMap<string, TokenKey> = new Map();
  private readonly snapshot: PolledSnapshot;
  private changed: () => void = () => undefined;

  constructor(
    private readonly store: SigningKeyStore,
    private readonly sealer: KeySealer,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
    private readonly connection: DatabaseConnection,
    private readonly push: PushChannel,
  ) {
    super();
    this.alg = config.signingAlg as AsymmetricAlg;
    this.snapshot = new PolledSnapshot(clock, {
      interval: POLL_INTERVAL,
      maxAge: Math.max(config.revocationMaxStaleness, MIN_STALENESS_BOUND),
      read: () => this.poll(),
    });
  }

  override get isFresh(): boolean {
    return !this.connection.shared || this.snapshot.isFresh;
  }

  /** By what was loaded last: whether a key has to be published, or a row to be deleted. */
  get needsMaintenance(): boolean {
    const now = this.clock.now();
    return (
      isRotationDue(this.schedules, this.alg, now, this.config) ||
      this.schedules.some((key) => stateOf(key, now, this.config.clockLeeway) === 'expired')
    );
  }

  async load(): Promise<SigningKeySet> {
    return this.snapshot.taking(() => this.readAll());
  }

  private async readAll(): Promise<SigningKeySet> {
    const now = this.clock.now();
    let rows = await this.store.all();
    if (!signingAt(rows, this.alg, now)) {
      // One of the processes that start at once makes the first key; the others wait and read it.
      await this.store.publish(this.alg, (keys) => !signingAt(keys, this.alg, now));
      rows = await this.store.all();
    }
    if (await this.store.raiseTokenTtl(rows)) rows = await this.store.all();
    const trusted = rows.filter(({ revokedAt }) => revokedAt === null);
    const keys = await Promise.all(trusted.map((row) => this.open(row)));
    const opened = new Map(keys.flatMap((key) => (key ? [[key.kid, key]] : [])));
    const set = this.setOf(rows, opened, now);
    this.opened = opened;
    this.schedules = rows;
    return set;
  }

  override watch(changed: () => void): () => void {
    this.push.subscribe(SIGNING_KEYS_TOPIC, changed);
    if (!this.connection.shared) return () => undefined;
    this.changed = changed;
    this.snapshot.start();
    return () => this.snapshot.stop();
  }

  /** @returns false if there is something new, which is still to be loaded */
  private async poll(): Promise<boolean> {
    const isKnown = fingerprintOf(await this.store.schedules()) === fingerprintOf(this.schedules);
    if (!isKnown) this.changed();
    return isKnown;
  }

  /** Tells the other instances that keys have changed. */
  async announce(): Promise<void> {
    await this.push.publish(SIGNING_KEYS_TOPIC, '');
  }

  private setOf(
    rows: readonly SigningKeyRow[],
    opened: ReadonlyMap<string, TokenKey>,
    now: number,
  ): SigningKeySet {
    const signing = signingAt(rows, this.alg, now);
    const current = opened.get(signing?.kid ?? '');
    if (!current) {
      throw new SigningKeyError(
        toldAsWritten(
          this.config,
          'The signing key in the database was sealed with another APP_SECRET. ' +
            'Give that one as APP_SECRET, or as APP_SECRET_PREVIOUS beside the new one ' +
            '(if it was never given, it was in the file app-secret of DATA_DIR, which is made anew where it is missing); ' +
            'if it is lost, see `latchkey storage secret-lost`.',
        ),
      );
    }
    const usable = rows.filter(({ kid }) => opened.has(kid));
    return {
      current,
      signsSince: signing?.signsFrom.getTime(),
      all: [current, ...[...opened.values()].filter((key) => key !== current)],
      upcoming: plannedAfter(usable, this.alg, now).map(({ key: { kid }, signsFrom }) => ({
        key: opened.get(kid) ?? current,
        signsFrom,
      })),
      longestTokenTtl: Math.max(...rows.map(({ tokenTtl }) => tokenTtl)),
      verifiesUntil: new Map(usable.map((row) => [row.kid, verifiesUntil(row, this.config.clockLeeway)])),
    };
  }

  /** A key counts only if its sealed part opens: an attacker who can write a row cannot make us trust a key. */
  private async open(row: SigningKeyRow): Promise<TokenKey | undefined> {
    const known = this.opened.get(row.kid);
    if (known) return known;
    const pkcs8 = this.sealer.open(row.sealedPrivateKey, row.kid);
    if (!pkcs8) {
      this.logger.error(
        toldAsWritten(
          this.config,
          `The signing key ${row.kid} does not open with APP_SECRET; its tokens are refused.`,
        ),
      );
      return undefined;
    }
    const renewed = this.sealer.reseal(row.sealedPrivateKey, row.kid);
    if (renewed !== undefined) await this.store.replaceSealed(row, renewed);
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    return TokenKey.asymmetric(privateKey, row.alg as AsymmetricAlg);
  }
}

/** What another instance may change. */
function fingerprintOf(keys: readonly KeySchedule[]): string {
  return JSON.stringify(
    keys.map(({ kid, alg, signsFrom, signsUntil, tokenTtl, revokedAt }) => [
      kid,
      alg,
      signsFrom,
      signsUntil,
      tokenTtl,
      revokedAt,
    ]),
  );
}
