import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit, Optional } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Measurements } from '../../common/measurements.js';
import { PolledSnapshot } from '../../common/polled-snapshot.js';
import { TokensConfig } from '../../config/config.js';
import { PushChannel } from '../../push/push-channel.js';
import { RevocationSet } from './revocation-set.js';
import {
  decodeRevocation,
  decodeSentAt,
  encodeRevocation,
  encodeSentAt,
  EXPIRY_MARGIN,
  type Revocation,
  type RevocationKind,
  REVOCATIONS_TOPIC,
} from './revocation.js';
import { RevocationStore, type TokenIdentity } from './revocation-store.js';
import { RevocationsUnknownError } from './revocations-unknown.error.js';
import type { RevokedTokens } from './revoked-tokens.js';

/** A notification of PostgreSQL holds 8,000 bytes; an entry is a hundred. */
const ENTRIES_PER_MESSAGE = 40;
/** How often the store is read for what no message told. Milliseconds, as all below. */
const READ_INTERVAL = 500;
/** What a reading looks back for beyond the last one: for statements under way then. */
const OVERLAP = 2_000;
/** Now and then further, for transactions that took long to commit. */
const LONG_LOOK = 60_000;
const LONG_LOOK_EVERY = 15_000;
/** After a gap this long the recent entries are not enough, and all are read. */
const FULL_READ_AFTER = 30_000;
const SWEEP_INTERVAL = 60_000;
/** What a message may say at most: by clocks that differ, and of instances with another `ACCESS_TOKEN_TTL`. */
const FUTURE_MAX = 120_000;
const LIFE_MAX = 86_400_000;

/**
 * What is revoked, known in process: told by the other instances, and read from the store twice a second for what was
 * not told. When the store has not answered for `REVOCATION_MAX_STALENESS`, it says that it cannot know, and protected
 * routes answer 503.
 */
@Injectable()
export class RevocationList implements RevokedTokens, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Revocation');
  private readonly live: RevocationSet;
  private readonly snapshot: PolledSnapshot;
  private readonly listeners: ((revocations: readonly Revocation[]) => void)[] = [];
  private lookedLongAt = Number.NEGATIVE_INFINITY;
  private sweepTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: RevocationStore,
    private readonly push: PushChannel,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
    @Optional() private readonly measurements: Measurements = new Measurements(),
  ) {
    this.live = new RevocationSet(clock, config.accessTokenTtl + EXPIRY_MARGIN);
    this.snapshot = new PolledSnapshot(clock, {
      interval: READ_INTERVAL,
      maxAge: config.revocationMaxStaleness,
      read: (gap) => this.read(gap),
      lost: ({ message }) =>
        this.logger.error(`The revocations cannot be read, protected routes answer 503: ${message}`),
      found: () => this.logger.log('The revocations are known again; protected routes answer.'),
    });
  }

  async onModuleInit(): Promise<void> {
    // Before the first reading, so that nothing falls between the two.
    this.push.subscribe(REVOCATIONS_TOPIC, (message) => this.receive(message));
    await this.snapshot.read();
    // The first reading may take longer than its knowledge is good for.
    if (!this.isFresh) await this.snapshot.read();
    this.sweepTimer = setInterval(() => this.live.forgetExpired(), SWEEP_INTERVAL).unref();
    if (this.store.shared) this.snapshot.start();
  }

  onApplicationShutdown(): void {
    this.snapshot.stop();
    clearInterval(this.sweepTimer);
  }

  /** What was recorded in the store takes effect: here on the very next request, elsewhere once the message arrives. */
  async announce(entries: readonly Revocation[]): Promise<void> {
    this.add(entries);
    const messages: string[] = [];
    for (let first = 0; first < entries.length; first += ENTRIES_PER_MESSAGE) {
      const told = entries.slice(first, first + ENTRIES_PER_MESSAGE);
      messages.push([...told.map(encodeRevocation), encodeSentAt(this.clock.now())].join('\n'));
    }
    await Promise.all(messages.map((message) => this.push.publish(REVOCATIONS_TOPIC, message)));
  }

  /** @see PolledSnapshot.catchUp */
  async catchUp(): Promise<void> {
    if (this.store.shared) await this.snapshot.catchUp();
  }

  /** @throws RevocationsUnknownError while the list is too old to trust */
  isRevoked(token: TokenIdentity): boolean {
    if (!this.isFresh) throw new RevocationsUnknownError();
    return this.live.has(token);
  }

  /** With `REVOCATION_CHECK=store`. */
  askStore(token: TokenIdentity): Promise<boolean> | undefined {
    return this.config.revocationCheck === 'store' ? this.store.isRevoked(token) : undefined;
  }

  /** @see RevocationSet.earliestIssue */
  earliestIssue(subject: string): number {
    return this.live.earliestIssue(subject);
  }

  /** @see RevocationSet.latestIssue */
  latestIssue(): number {
    return this.live.latestIssue();
  }

  /** How many of each kind are live here. */
  get counts(): Readonly<Record<RevocationKind, number>> {
    return this.live.counts;
  }

  /** How old the knowledge of the store is; milliseconds. 0 where no other process writes to it. */
  get age(): number {
    return this.store.shared ? this.snapshot.age : 0;
  }

  get isFresh(): boolean {
    return !this.store.shared || this.snapshot.isFresh;
  }

  /** Tells of what was not known here before, from the first reading on. */
  onLearned(listener: (revocations: readonly Revocation[]) => void): void {
    this.listeners.push(listener);
  }

  /** @see RevocationSet.keeps */
  keeps(revocation: Revocation): boolean {
    return this.live.keeps(revocation);
  }

  /** @returns what was not known before */
  private add(entries: readonly Revocation[]): Revocation[] {
    const learned = entries.filter((entry) => this.live.add(entry));
    if (learned.length > 0) for (const listener of this.listeners) listener(learned);
    return learned;
  }

  private receive(message: string | undefined): void {
    // Messages may have been missed: the next reading finds them, and comes at once.
    if (message === undefined) {
      if (!this.store.shared) return;
      this.lookedLongAt = Number.NEGATIVE_INFINITY;
      this.snapshot.readNow();
      return;
    }
    const lines = message.split('\n');
    const entries = lines.flatMap((text) => decodeRevocation(text) ?? []);
    const learned = this.add(entries.filter((entry) => entry.kind !== 'era' && this.isPlausible(entry)));
    const sentAt = lines.map(decodeSentAt).find((time) => time !== undefined);
    if (sentAt !== undefined && learned.length > 0)
      this.measurements.revocationLearned('message', Math.max(0, this.clock.now() - sentAt));
    // A number that is too high would end sessions of the future: only the store is believed.
    if (this.store.shared && entries.some(({ kind }) => kind === 'era')) this.snapshot.readNow();
  }

  /** Messages are not signed: an attacker who can send one must not be able to revoke tokens of the future. */
  private isPlausible({ issuedBefore, expiresAt }: Revocation): boolean {
    const now = this.clock.now();
    if (issuedBefore !== null && issuedBefore.getTime() > now + FUTURE_MAX) return false;
    return expiresAt.getTime() <= now + Math.max(this.config.accessTokenTtl, LIFE_MAX) + FUTURE_MAX;
  }

  private async read(gap: number): Promise<boolean> {
    const startedAt = performance.now();
    const lookLong = startedAt - this.lookedLongAt >= LONG_LOOK_EVERY;
    const isAnew = gap > FULL_READ_AFTER;
    const learned = this.add(
      isAnew
        ? await this.store.all()
        : await this.store.recent(lookLong ? LONG_LOOK : Math.ceil(gap) + OVERLAP),
    );
    // What there was before this process listened came late to it alone.
    if (!isAnew)
      for (const { age } of learned)
        if (age !== undefined) this.measurements.revocationLearned('reading', age);
    if (lookLong) this.lookedLongAt = startedAt;
    return true;
  }
}
