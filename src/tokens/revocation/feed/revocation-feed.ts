import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { UnavailableError } from '../../../common/errors/latchkey-error.js';
import { TokensConfig } from '../../../config/config.js';
import { RevocationList } from '../revocation-list.js';
import { ageOfCursor, cursorAt } from './feed-cursor.js';
import { FeedStream } from './feed-stream.js';
import { RevocationLog } from './revocation-log.js';

/** Between two signs of life. Milliseconds. */
const HEARTBEAT = 1_000;
const SWEEP_EVERY = 60;
/** Of one instance, and of one service there. */
const FEEDS_MAX = 500;
const FEEDS_PER_SERVICE = 100;

/** Tells other services what is revoked, as soon as this instance knows. */
@Injectable()
export class RevocationFeed implements BeforeApplicationShutdown {
  private readonly log: RevocationLog;
  private readonly open = new Map<FeedStream, string>();
  private timer: NodeJS.Timeout | undefined;
  private beats = 0;
  private stopped = false;

  constructor(
    private readonly list: RevocationList,
    config: TokensConfig,
    private readonly clock: Clock,
  ) {
    this.log = new RevocationLog(clock);
    // Where no service may ask, nothing is kept.
    if (config.revocationFeedServices.length === 0) return;
    this.list.onLearned((revocations) => {
      this.log.append(revocations);
      for (const feed of this.open.keys()) feed.wake();
    });
    this.timer = setInterval(() => this.beat(), HEARTBEAT).unref();
  }

  /** Called by Nest. Ends all, so that the server can stop; services go on with another instance. */
  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearInterval(this.timer);
    for (const feed of this.open.keys()) feed.end();
  }

  /**
   * @param service who it is for
   * @param cursor that the service was told last; undefined: it knows nothing
   * @throws UnavailableError if too many are open, or it cannot be known what is revoked
   */
  openFor(service: string, cursor: string | undefined): FeedStream {
    const own = [...this.open.values()].filter((one) => one === service).length;
    if (this.stopped || this.open.size >= FEEDS_MAX || own >= FEEDS_PER_SERVICE)
      throw new UnavailableError('Too many feeds are open, or this instance stops.');
    if (!this.list.isFresh)
      throw new UnavailableError('It cannot be known right now which tokens are revoked.');
    const from = this.log.numberBefore(ageOfCursor(cursor, this.clock.now()));
    const feed = new FeedStream(this.log, from, () => this.cursor());
    this.open.set(feed, service);
    feed.once('close', () => this.open.delete(feed));
    return feed;
  }

  private cursor(): string | undefined {
    return this.list.isFresh ? cursorAt(this.clock.now()) : undefined;
  }

  private beat(): void {
    this.beats += 1;
    if (this.beats % SWEEP_EVERY === 0) this.log.forget((revocation) => !this.list.keeps(revocation));
    for (const feed of this.open.keys()) feed.beat();
  }
}
