import { Readable } from 'node:stream';
import { encodeMessage, ENTRIES_PER_EVENT } from './feed-message.js';
import type { RevocationLog } from './revocation-log.js';

/** What waits to be sent and is not taken for so long: the service is gone. Milliseconds. */
const STUCK_AFTER = 15_000;

/**
 * What one service is told. It has no queue of its own but a place in the log, so that a slow reader costs no memory: the next
 * entries are taken when the ones before have left.
 */
export class FeedStream extends Readable {
  private isWanted = false;
  private isHeartbeatDue = true;
  private wantedAt = performance.now();

  /**
   * @param log
   * @param last the number of the last one that the service knows
   * @param cursor up to when all is told that is known here; undefined while that cannot be known
   */
  constructor(
    private readonly log: RevocationLog,
    private last: number,
    private readonly cursor: () => string | undefined,
  ) {
    super({ highWaterMark: 65_536 });
  }

  override _read(): void {
    this.isWanted = true;
    this.wantedAt = performance.now();
    this.tell();
  }

  /** There may be something new in the log. */
  wake(): void {
    if (this.isWanted) this.tell();
  }

  /** Says, once all is told, that the link lives and up to when that is all. */
  beat(): void {
    this.isHeartbeatDue = true;
    if (this.isWanted) this.tell();
    else if (performance.now() - this.wantedAt > STUCK_AFTER) this.destroy();
  }

  end(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }

  private tell(): void {
    while (this.isWanted && this.last < this.log.lastNumber) {
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
