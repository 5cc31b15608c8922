import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import { TokensConfig } from '../../config/config.js';
import { type AskedBy, TokenEvents } from '../token-events.js';
import type { ListedKey } from './listed-key.js';
import { isPending, isRotationDue, type KeySchedule, stateOf, verifiesUntil } from './key-schedule.js';
import { PostgresSigningKeys } from './postgres-signing-keys.js';
import type { AsymmetricAlg } from './signing-algorithm.js';
import { SigningKeySource } from './signing-key-source.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

/** Publishes, retires and revokes the signing keys of the database, for all instances. */
@Injectable()
export class SigningKeyRotation {
  private readonly logger = new Logger('SigningKeys');

  constructor(
    private readonly store: SigningKeyStore,
    private readonly source: SigningKeySource,
    private readonly keys: SigningKeys,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
    private readonly events: TokenEvents,
  ) {}

  /** Publishes the next key if it is due, and deletes what has expired. Of many instances that do, one publishes. */
  async maintain(): Promise<void> {
    const { alg } = this;
    const published = await this.store.publish(
      alg,
      (keys) => isRotationDue(keys, alg, this.clock.now(), this.config),
      (kid, transaction) => this.events.signingKeyRotated(kid, false, transaction),
    );
    await this.store.purge();
    if (published) this.tell(published);
    await this.announce();
  }

  /** Publishes the next key now; it signs after the publication lead. While one is waiting, that is the next. */
  async rotate(asked?: AskedBy): Promise<ListedKey> {
    const { alg } = this;
    let waiting: KeySchedule | undefined;
    const isWanted = (keys: readonly KeySchedule[]): boolean => {
      waiting = keys.find((key) => key.alg === alg && isPending(key, this.clock.now()));
      return !waiting;
    };
    const published = await this.store.publish(alg, isWanted, (kid, transaction) =>
      this.events.signingKeyRotated(kid, true, transaction, asked),
    );
    if (published) this.tell(published);
    await this.announce();
    return this.toListed((published ?? waiting) as KeySchedule);
  }

  /**
   * From now on no token of the key is accepted; another key signs.
   * @throws NotFoundError
   */
  async revoke(kid: string): Promise<void> {
    this.requireDatabaseKeys();
    const found = await this.store.revoke(kid, (transaction) =>
      this.events.signingKeyRevoked(kid, transaction),
    );
    if (!found) throw new NotFoundError('There is no signing key with this kid.');
    this.logger.log(`The signing key ${kid} was revoked.`);
    await this.announce();
  }

  /**
   * Revokes every key there is, and another signs.
   * @returns how many; none where the keys in use are not those of the database
   */
  async replaceAll(): Promise<number> {
    if (!(this.source instanceof PostgresSigningKeys)) return 0;
    const keys = (await this.list()).filter(({ state }) => state !== 'revoked');
    // Last the one that signs: no other of them is to take its place.
    const inOrder = keys.toSorted((a, b) => Number(a.state === 'signing') - Number(b.state === 'signing'));
    // oxlint-disable-next-line eslint/no-await-in-loop -- in order
    for (const { kid } of inOrder) await this.revoke(kid);
    return inOrder.length;
  }

  /** Those of the database, with what each does now. */
  async list(): Promise<ListedKey[]> {
    this.requireDatabaseKeys();
    return (await this.store.schedules()).map((key) => this.toListed(key));
  }

  private get alg(): AsymmetricAlg {
    this.requireDatabaseKeys();
    return this.config.signingAlg as AsymmetricAlg;
  }

  private requireDatabaseKeys(): PostgresSigningKeys {
    if (this.source instanceof PostgresSigningKeys) return this.source;
    throw new NotFoundError('The signing keys in use are not those of the database.');
  }

  /** This process knows when it resolves, the others soon after. */
  private async announce(): Promise<void> {
    await Promise.all([this.requireDatabaseKeys().announce(), this.keys.reload()]);
  }

  private tell({ kid, alg, signsFrom }: KeySchedule): void {
    this.logger.log(`Published the ${alg} signing key ${kid}; it signs from ${signsFrom.toISOString()}.`);
  }

  private toListed(key: KeySchedule): ListedKey {
    const { kid, alg, signsFrom, signsUntil } = key;
    const end = verifiesUntil(key, this.config.clockLeeway);
    return {
      kid,
      alg,
      state: stateOf(key, this.clock.now(), this.config.clockLeeway),
      signsFrom,
      signsUntil: signsUntil ?? undefined,
      verifiesUntil: Number.isFinite(end) ? new Date(end) : undefined,
    };
  }
}
