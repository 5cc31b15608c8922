import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { LatchkeyError, UnavailableError } from '../../../common/errors/latchkey-error.js';
import { TokensConfig } from '../../../config/config.js';
import { RevocationList } from '../revocation-list.js';
import { ageOfCursor, cursorAt } from './feed-cursor.js';
import { FeedStream, STUCK_AFTER } from './feed-stream.js';
import { RevocationLog } from './revocation-log.js';

/** Between two signs of life. Milliseconds. */
const HEARTBEAT = 1_000;
const SWEEP_EVERY = 60;
/** Of one instance, and of one service there. */
const FEEDS_MAX = 500;
const FEEDS_PER_SERVICE = 100;
/** How long a stop waits for services to take what is on its way to them; milliseconds. */
const ENDING = 500;
/** Before a service asks again that has too many; seconds. */
const RETRY_AFTER = 5;

/** Tells other services what is revoked, as soon as this instance knows. */
@Injectable()
export class RevocationFeed implements BeforeApplicationShutdown {
  private readonly logger = new Logger('RevocationFeed');
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
    setTimeout(() => {
      for (const feed of this.open.keys()) feed.destroy(new Error('The server stops.'));
    }, ENDING).unref();
  }

  /** Whether none is opened any more. */
  get hasStopped(): boolean {
    return this.stopped;
  }

  /**
   * @param service who it is for
   * @param cursor that the service was told last; undefined: it knows nothing
   * @throws LatchkeyError `RATE_LIMITED` if the service has too many open
   * @throws UnavailableError if all services together have, this instance stops, or it cannot be known what is revoked
   */
  openFor(service: string, cursor: string | undefined): FeedStream {
    if (this.stopped) throw new UnavailableError('This instance stops.');
    if ([...this.open.values()].filter((one) => one === service).length >= FEEDS_PER_SERVICE)
      throw new LatchkeyError(
        'RATE_LIMITED',
        `The service has ${FEEDS_PER_SERVICE} feeds open at this instance.`,
        {
          retryAfterSeconds: RETRY_AFTER,
        },
      );
    if (this.open.size >= FEEDS_MAX) throw new UnavailableError('Too many feeds are open at this instance.');
    if (!this.list.isFresh)
      throw new UnavailableError('It cannot be known right now which tokens are revoked.');
    const from = this.log.numberBefore(ageOfCursor(cursor, this.clock.now()));
    const feed = new FeedStream(this.log, from, () => this.cursor(), this.clock);
    this.open.set(feed, service);
    feed.once('close', () => this.open.delete(feed));
    // What it was cut off for; the log has it.
    feed.on('error', () => undefined);
    return feed;
  }

  private cursor(): string | undefined {
    return this.list.isFresh ? cursorAt(this.clock.now()) : undefined;
  }

  private beat(): void {
    this.beats += 1;
    if (this.beats % SWEEP_EVERY === 0) this.log.forget((revocation) => !this.list.keeps(revocation));
    for (const [feed, service] of this.open) {
      if (feed.isStuck) this.cutOff(feed, service);
      else feed.beat();
    }
  }

  /** An error, since Express leaves a response open whose stream ends without one. */
  private cutOff(feed: FeedStream, service: string): void {
    const reason = `has taken nothing from its feed for ${STUCK_AFTER / 1000} s`;
    this.logger.warn(
      `The service ${service} ${reason}: cut off. It goes on from its cursor with its next one.`,
    );
    feed.destroy(new Error(`The service ${reason}.`));
  }
}
