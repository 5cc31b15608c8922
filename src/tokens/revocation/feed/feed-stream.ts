import { Readable } from 'node:stream';
import type { Clock } from '../../../common/clock.js';
import { encodeMessage, ENTRIES_PER_EVENT } from './feed-message.js';
import type { RevocationLog } from './revocation-log.js';

/** What waits to be sent and is not taken for so long: the service is gone. Milliseconds. */
export const STUCK_AFTER = 15_000;
/** In one turn of the event loop; some 70 KB. */
const EVENTS_PER_TURN = 8;

/**
 * What one service is told. It has no queue of its own but a place in the log, so that a slow reader costs no memory: the next
 * entries are taken when the ones before have left.
 */
export class FeedStream extends Readable {
  private isWanted = false;
  private isHeartbeatDue = true;
  private goesOn = false;
  private wantedAt: number;

  /**
   * @param log
   * @param last the number of the last one that the service knows
   * @param cursor up to when all is told that is known here; undefined while that cannot be known
   * @param clock
   */
  constructor(
    private readonly log: RevocationLog,
    private last: number,
    private readonly cursor: () => string | undefined,
    private readonly clock: Clock,
  ) {
    super({ highWaterMark: 65_536 });
    this.wantedAt = clock.monotonic();
  }

  override _read(): void {
    this.isWanted = true;
    this.wantedAt = this.clock.monotonic();
    this.goOn();
  }

  /** There may be something new in the log. */
  wake(): void {
    if (this.isWanted && !this.destroyed) this.tell();
  }

  /** Says, once all is told, that the link lives and up to when that is all. */
  beat(): void {
    this.isHeartbeatDue = true;
    this.wake();
  }

  /** Whether the service has taken nothing of what waits for it for too long. */
  get isStuck(): boolean {
    return !this.isWanted && this.clock.monotonic() - this.wantedAt > STUCK_AFTER;
  }

  /** Ends it once what is on its way has been taken. */
  end(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }

  /** In the next turn: a network that takes all at once gets a hundred thousand entries with requests in between. */
  private goOn(): void {
    if (this.goesOn) return;
    this.goesOn = true;
    setImmediate(() => {
      this.goesOn = false;
      this.wake();
    });
  }

  private tell(): void {
    for (let events = 0; this.isWanted && this.last < this.log.lastNumber; events += 1) {
      if (events === EVENTS_PER_TURN) return this.goOn();
      const { revocations, last } = this.log.after(this.last, ENTRIES_PER_EVENT);
      this.last = revocations.length === 0 ? this.log.lastNumber : last;
      if (revocations.length > 0) this.isWanted = this.push(encodeMessage({ kind: 'revoked', revocations }));
    }
    if (!this.isWanted || !this.isHeartbeatDue) return;
    const cursor = this.cursor();
    if (cursor === undefined) return;
    this.isHeartbeatDue = false;
    this.isWanted = this.push(encodeMessage({ kind: 'current', cursor }));
  }
}
