import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Injectable, Logger } from '../../common/nest.js';
import { Clock } from '../../common/clock.js';
import type { FeedMessage } from '../../tokens/revocation/feed/feed-message.js';
import { RevocationSet } from '../../tokens/revocation/revocation-set.js';
import type { TokenIdentity } from '../../tokens/revocation/revocation-store.js';
import { RevocationsUnknownError } from '../../tokens/revocation/revocations-unknown.error.js';
import { RevokedTokens } from '../../tokens/revocation/revoked-tokens.js';
import { ResourceServerConfig } from '../resource-server.config.js';
import { readFeed } from './read-feed.js';

/** From the end of a connection to the next; twice as long after each that told nothing. Milliseconds, as all below. */
const RETRY_MIN = 100;
const RETRY_MAX = 5_000;
const SWEEP_INTERVAL = 60_000;
/** How long a request, or the start, waits to hear what is revoked. */
const PATIENCE = 1_000;
const START_PATIENCE = 3_000;

/** What is revoked, as the server's feed tells it. */
@Injectable()
export class FeedRevocations extends RevokedTokens implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Revocations');
  private readonly stopping = new AbortController();
  private readonly live: RevocationSet;
  private cursor: string | undefined;
  private currentAt = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  private failures = 0;
  private sweepTimer: NodeJS.Timeout | undefined;
  private heard: (() => void)[] = [];

  constructor(
    private readonly config: ResourceServerConfig,
    private readonly clock: Clock,
  ) {
    super();
    this.live = new RevocationSet(clock, config.maxTokenAge);
  }

  /** Called by Nest. The service starts without the feed, too; what it answers then, its setting says. */
  async onModuleInit(): Promise<void> {
    this.sweepTimer = setInterval(() => this.live.forgetExpired(), SWEEP_INTERVAL).unref();
    void this.follow();
    await this.untilHeard(START_PATIENCE);
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.stopping.abort();
    clearInterval(this.sweepTimer);
  }

  /** @throws RevocationsUnknownError if what was heard is too old, and the service is to fail closed */
  isRevoked(token: TokenIdentity): boolean {
    if (!this.isFresh && this.feed.whenUnknown === 'fail-closed') throw new RevocationsUnknownError();
    return this.live.has(token);
  }

  /** Waits a moment for what the feed is about to tell, after this process stood still. */
  async catchUp(): Promise<void> {
    if (!this.isFresh && this.failures === 0) await this.untilHeard(PATIENCE);
  }

  private get feed(): NonNullable<ResourceServerConfig['revocations']> {
    if (!this.config.revocations) throw new Error('There is no feed.');
    return this.config.revocations;
  }

  private get isFresh(): boolean {
    const { monotonic, wall } = this.currentAt;
    return Math.max(this.clock.monotonic() - monotonic, this.clock.now() - wall) <= this.feed.maxStaleness;
  }

  private async untilHeard(patience: number): Promise<void> {
    // Not without a reference: a start has nothing else yet that keeps the process.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.heard.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const before = this.currentAt;
        // oxlint-disable-next-line eslint/no-await-in-loop -- one connection after the other
        await readFeed(this.feed, this.cursor, signal, (message) => this.take(message));
        if (this.currentAt === before) this.noteFailure('it ended and told nothing');
      } catch (error) {
        this.noteFailure((error as Error).message);
      }
      const delay =
        Math.min(RETRY_MIN * 2 ** Math.min(this.failures, 10), RETRY_MAX) * (1 - Math.random() / 2);
      // oxlint-disable-next-line eslint/no-await-in-loop -- one connection after the other
      await sleep(delay, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }

  private take(message: FeedMessage): void {
    if (message.kind === 'revoked') {
      for (const revocation of message.revocations) this.live.add(revocation);
      return;
    }
    this.cursor = message.cursor;
    this.currentAt = { monotonic: this.clock.monotonic(), wall: this.clock.now() };
    if (this.failures > 0) this.logger.log('The revocation feed is there again.');
    this.failures = 0;
    for (const heard of this.heard.splice(0)) heard();
  }

  /** Told once, until it works again. */
  private noteFailure(reason: string): void {
    this.failures += 1;
    if (this.failures > 1 || this.stopping.signal.aborted) return;
    const meanwhile =
      this.feed.whenUnknown === 'fail-closed'
        ? 'protected routes answer 503 once that is older than maxStaleness'
        : 'tokens are accepted all the same';
    this.logger.error(`The revocation feed cannot be read, ${meanwhile}: ${reason}`);
  }
}
