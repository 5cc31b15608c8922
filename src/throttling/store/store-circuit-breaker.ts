import { Injectable, Logger } from '@nestjs/common';
import { reasonOf } from '../../common/errors/without-parameters.js';

/** How long an answer may take; milliseconds. */
const PATIENCE = 400;
const TURNS = 8;
/** After a failure it is not asked for so long, after the next for twice that: what hangs is not piled up. */
const RESPITE = 500;
const RESPITE_MAX = 4_000;

/** Asks the shared store, and not for long: the caller must know what to do without it. */
@Injectable()
export class StoreCircuitBreaker {
  private readonly logger = new Logger('Limits');
  private askAgainAt = 0;
  /** 0 while all is well. */
  private respite = 0;

  /** @returns undefined if the store fails, is too slow, or has just been so */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.askAgainAt) return undefined;
    try {
      const answer = await within(question());
      if (this.respite > 0) this.logger.log('Limits are shared again.');
      this.respite = 0;
      return answer;
    } catch (error) {
      if (this.respite === 0) {
        this.logger.warn(`Limits are not shared, each process counts for itself: ${reasonOf(error)}`);
      }
      // Of many that fail at once, the first counts.
      if (performance.now() < this.askAgainAt) return undefined;
      this.respite = Math.min(RESPITE_MAX, this.respite === 0 ? RESPITE : 2 * this.respite);
      this.askAgainAt = performance.now() + this.respite;
      return undefined;
    }
  }
}

/** While this process is too busy to read, time counts for a turn of its timers at most: it is not the store's fault. */
function within<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
      if (turns < TURNS) return;
      clearInterval(timer);
      // What lies in the socket is read before.
      setImmediate(() => reject(new Error(`no answer within ${PATIENCE} ms`)));
    }, PATIENCE / TURNS);
    void answer.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
