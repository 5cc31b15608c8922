import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import { type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import { inSpan } from '../../common/tracing/in-span.js';
import { tracing } from '../../common/tracing/tracing.js';
import type { TokenKey } from './token-key.js';
import type { VerificationKeys } from './verification-keys.js';

/** A failure that stays the same is told no more often than this. Milliseconds. */
const REPORT_INTERVAL = 5_000;
/** How long a request waits for a reading, and how long none is waited for after that was in vain. Milliseconds. */
const CATCH_UP_TIMEOUT = 1_000;
const CATCH_UP_PAUSE = 5_000;

interface Held {
  readonly key: TokenKey;
  readonly verifiesUntil: number;
}

/** The key set, known in process: nothing is read to sign or to verify, and what is planned happens by the clock. */
@Injectable()
export class SigningKeys implements VerificationKeys, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('SigningKeys');
  private set: SigningKeySet | undefined;
  private byKid: ReadonlyMap<string, Held> = new Map();
  private loading: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;
  private stopWatching: (() => void) | undefined;
  private stopped = false;
  private reportedAt = Number.NEGATIVE_INFINITY;
  private reported = '';
  /** On the monotonic clock: when waiting for a reading was in vain. */
  private gaveUpAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source: SigningKeySource,
    private readonly clock: Clock,
  ) {}

  /** Called by Nest. */
  async onModuleInit(): Promise<void> {
    await this.load();
    this.stopWatching = this.source.watch(() => void this.reload());
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.stopped = true;
    this.stopWatching?.();
  }

  get current(): TokenKey {
    if (!this.set) throw new Error('The signing keys are not loaded yet.');
    const { current, upcoming } = this.set;
    if (!upcoming?.length) return current;
    const now = this.clock.now();
    return upcoming.findLast(({ signsFrom }) => signsFrom <= now)?.key ?? current;
  }

  /** Since when the key that signs now does: milliseconds since the epoch; undefined where it is not known, e.g. of files. */
  get signsSince(): number | undefined {
    const now = this.clock.now();
    return (
      this.set?.upcoming?.findLast(({ signsFrom }) => signsFrom <= now)?.signsFrom ?? this.set?.signsSince
    );
  }

  get all(): readonly TokenKey[] {
    const now = this.clock.now();
    return [...this.byKid.values()].filter((held) => held.verifiesUntil > now).map(({ key }) => key);
  }

  /** @throws UnavailableError while it cannot be known whether the key is still good */
  find(kid: string): TokenKey | undefined {
    const held = this.byKid.get(kid);
    if (!held || held.verifiesUntil <= this.clock.now()) return undefined;
    if (!this.source.isFresh)
      throw new UnavailableError('It cannot be known right now which signing keys are revoked.');
    return held.key;
  }

  /** Of tokens that are alive: other instances may be configured for longer ones. Milliseconds; 0 if not known. */
  get longestTokenTtl(): number {
    return this.set?.longestTokenTtl ?? 0;
  }

  /** Whether it is known which keys are good. */
  get isFresh(): boolean {
    return this.source.isFresh;
  }

  /** Reads the keys again. Those read before stay in use if that fails, which is logged. */
  reload(): Promise<void> {
    // One at a time, so that an older answer never replaces a newer one; a caller meanwhile waits for one that begins later.
    this.queued ??= this.loading.then(() => {
      this.queued = undefined;
      this.loading = this.tryToLoad();
      return this.loading;
    });
    return this.queued;
  }

  /**
   * Reads the keys again if they are too old to trust although the source answers: after this process stood still.
   * Resolves at once if they are not, or if waiting was in vain a moment ago.
   */
  async catchUp(): Promise<void> {
    if (this.isFresh || performance.now() - this.gaveUpAt < CATCH_UP_PAUSE) return;
    await Promise.race([this.reload(), sleep(CATCH_UP_TIMEOUT, undefined, { ref: false })]);
    if (!this.isFresh) this.gaveUpAt = performance.now();
  }

  private async tryToLoad(): Promise<void> {
    if (this.stopped) return;
    try {
      await this.load();
      this.reported = '';
    } catch (error) {
      if (!this.stopped) this.report(withoutParameters((error as Error).message));
    }
  }

  private async load(): Promise<void> {
    const traced = tracing();
    const read = () => this.source.load();
    const set = await (traced ? inSpan(traced, 'signing keys load', { kind: 'INTERNAL' }, read) : read());
    this.byKid = new Map(
      set.all.map((key) => [key.kid, { key, verifiesUntil: set.verifiesUntil?.get(key.kid) ?? Infinity }]),
    );
    this.set = set;
  }

  private report(message: string): void {
    const now = performance.now();
    if (message === this.reported && now - this.reportedAt < REPORT_INTERVAL) return;
    this.reported = message;
    this.reportedAt = now;
    this.logger.error(`The signing keys could not be read again, those read before stay in use: ${message}`);
  }
}
