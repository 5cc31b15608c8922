/** What only one tab does at a time, and when it was last done with success. */
export interface TabLock {
  /** Runs when no other tab does; one that is closed lets go. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Leaves word for the others, before this tab lets go. @param time as `Date.now()` */
  markDone(time: number): Promise<void>;
  /** @returns when a tab last left word, as `Date.now()`; 0 if that is too long ago to matter */
  lastDone(): Promise<number>;
}

/** Word of a success matters to those who asked before it and hear of their failure after it. Milliseconds. */
export const WORD_KEPT = 10_000;

/** Where there are no other tabs. */
export class InProcessLock implements TabLock {
  private last: Promise<unknown> = Promise.resolve();
  private done = 0;

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => {});
    return result;
  }

  async markDone(time: number): Promise<void> {
    this.done = time;
    await Promise.resolve();
  }

  lastDone(): Promise<number> {
    return Promise.resolve(this.done);
  }
}
