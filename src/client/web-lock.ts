import type { LockManager } from './browser.js';
import { type TabLock, WORD_KEPT } from './tab-lock.js';

/**
 * By the Web Locks API. Word is left as a lock that is held for a while, with the time in its name: unlike a message or an
 * entry in a storage, the next tab to have the lock is sure to see it.
 */
export class WebLock implements TabLock {
  private readonly word: string;

  constructor(
    private readonly locks: LockManager,
    private readonly name: string,
  ) {
    this.word = `${name} done `;
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    let begun: Promise<T> | undefined;
    const once = () => (begun ??= work());
    try {
      return await this.locks.request(this.name, once);
    } catch {
      // The work's own failure; or no lock may be had here (a sandboxed frame), and there are no tabs to share with.
      return once();
    }
  }

  markDone(time: number): Promise<void> {
    return new Promise((resolve) => {
      const held = async () => {
        resolve();
        await new Promise((over) => setTimeout(over, WORD_KEPT));
      };
      this.locks.request(this.word + time, held).catch(resolve);
    });
  }

  async lastDone(): Promise<number> {
    try {
      const { held = [] } = await this.locks.query();
      const times = held
        .filter(({ name }) => name?.startsWith(this.word))
        .map(({ name = '' }) => Number(name.slice(this.word.length)));
      return Math.max(0, ...times);
    } catch {
      return 0;
    }
  }
}
