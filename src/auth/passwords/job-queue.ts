import { CallerGoneError } from '../../common/errors/caller-gone.error.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { HashingLoad } from './password-hasher.js';

interface Waiting {
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

/** Runs jobs in the order in which they came, so many at once, and lets no more than so many wait. */
export class JobQueue {
  private running = 0;
  private refused = 0;
  /** On the monotonic clock: when a job began or ended last. */
  private movedAt = 0;
  private closed = false;
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly runningMax: number,
    private readonly waitingMax: number,
  ) {}

  /**
   * @param gone takes the job out of the queue; one that has begun is finished
   * @throws UnavailableError when too many wait, or the queue is closed; CallerGoneError
   */
  async run<T>(job: () => Promise<T>, gone?: AbortSignal): Promise<T> {
    await this.turn(gone);
    if (this.running === 1) this.movedAt = performance.now();
    try {
      return await job();
    } finally {
      this.next();
    }
  }

  get load(): HashingLoad {
    const { running, waiting, waitingMax, refused } = this;
    const stuckFor = running === 0 ? 0 : performance.now() - this.movedAt;
    return { running, waiting: waiting.size, waitingMax, refused, stuckFor };
  }

  /** Refuses what waits, and what comes. */
  close(): void {
    this.closed = true;
    for (const { refuse } of this.waiting) refuse(stopping());
  }

  private async turn(gone: AbortSignal | undefined): Promise<void> {
    if (this.closed) throw stopping();
    if (gone?.aborted) throw new CallerGoneError();
    if (this.running < this.runningMax) {
      this.running += 1;
      return;
    }
    if (this.waiting.size >= this.waitingMax) {
      this.refused += 1;
      throw new UnavailableError('Too many passwords are being checked right now; try again in a moment.');
    }
    await this.place(gone);
  }

  private place(gone: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => waiting.refuse(new CallerGoneError());
      const settle = (end: () => void) => {
        this.waiting.delete(waiting);
        gone?.removeEventListener('abort', leave);
        end();
      };
      const waiting = {
        start: () => settle(resolve),
        refuse: (error: Error) => settle(() => reject(error)),
      };
      this.waiting.add(waiting);
      gone?.addEventListener('abort', leave);
    });
  }

  /** Hands the place of one that has ended to the one that waits longest. */
  private next(): void {
    this.movedAt = performance.now();
    const [first] = this.waiting;
    if (!first) {
      this.running -= 1;
      return;
    }
    first.start();
  }
}

function stopping(): UnavailableError {
  return new UnavailableError('The server is stopping; try again in a moment.');
}
