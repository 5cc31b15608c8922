import { Injectable, Logger } from '@nestjs/common';
import { withoutParameters } from '../../common/errors/without-parameters.js';

/** How long an answer may take; milliseconds. */
const PATIENCE = 400;
/** After a failure nobody waits for the store until then. */
const RESPITE = 500;

/** Asks the shared store, and not for long: who asks must know what to do without it. */
@Injectable()
export class StorePatience {
  private readonly logger = new Logger('Limits');
  private askAgainAt = 0;
  private failing = false;

  /** @returns undefined if the store fails, is too slow, or has just been so */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.askAgainAt) return undefined;
    try {
      const answer = await within(PATIENCE, question());
      if (this.failing) this.logger.log('Limits are shared again.');
      this.failing = false;
      return answer;
    } catch (error) {
      this.askAgainAt = performance.now() + RESPITE;
      if (!this.failing) {
        const reason = withoutParameters((error as Error).message);
        this.logger.warn(`Limits are not shared, each process counts for itself: ${reason}`);
      }
      this.failing = true;
      return undefined;
    }
  }
}

function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // An answer may lie in the socket, unread because this process was busy: it is read before `setImmediate`.
    const timer = setTimeout(() => {
      setImmediate(() => reject(new Error(`no answer within ${milliseconds} ms`)));
    }, milliseconds);
    void answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
