import type { KeyValueStorage } from './browser.js';
import { InProcessLock, type TabLock } from './tab-lock.js';

/** A tab that is closed, or killed, while it has the lock keeps the others waiting so long. Milliseconds. */
const LEASE = 15_000;
/** In which another tab's entry becomes visible. */
const SETTLE = 30;
const RETRY = 60;

/**
 * For browsers without Web Locks: an entry in the storage that the tabs share. Not as sure, as a storage makes no promise
 * of order; the server's `REFRESH_GRACE` covers the rest.
 */
export class StorageLock implements TabLock {
  private readonly mine = Math.random().toString(36).slice(2);
  private readonly inTab = new InProcessLock();

  constructor(
    private readonly storage: KeyValueStorage,
    private readonly name: string,
  ) {}

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.inTab.exclusively(async () => {
      await this.acquire();
      try {
        return await work();
      } finally {
        if (this.holder() === this.mine) this.storage.removeItem(this.name);
      }
    });
  }

  async markDone(time: number): Promise<void> {
    await this.inTab.markDone(time);
    this.write(`${this.name} done`, String(time));
  }

  lastDone(): Promise<number> {
    return Promise.resolve(Number(this.storage.getItem(`${this.name} done`) ?? 0));
  }

  private async acquire(): Promise<void> {
    if (this.holder() === undefined) {
      if (!this.write(this.name, `${this.mine} ${Date.now() + LEASE}`)) return;
      // The last to write has it.
      await pause(SETTLE);
      if (this.holder() === this.mine) return;
    }
    await pause(RETRY);
    return this.acquire();
  }

  private holder(): string | undefined {
    const [tab, until] = (this.storage.getItem(this.name) ?? '').split(' ');
    return Number(until) > Date.now() ? tab : undefined;
  }

  /** @returns whether there is room; without a lock is better than never */
  private write(key: string, value: string): boolean {
    try {
      this.storage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
