import { browser, storageOf } from './browser.js';
import { openChannel } from './tab-channel.js';
import { InProcessLock, type TabLock } from './tab-lock.js';
import { StorageLock } from './storage-lock.js';
import { WebLock } from './web-lock.js';

/** The tabs of one origin: what they do one after another, and what they tell each other. */
export interface Tabs {
  readonly lock: TabLock;
  /** To the others. */
  tell(message: unknown): void;
}

/** @param name of what they share @param onMessage is given what another tab tells */
export function openTabs(name: string, onMessage: (message: unknown) => void): Tabs {
  const scope = browser();
  if (!scope) return { lock: new InProcessLock(), tell: () => {} };
  const storage = storageOf(scope);
  const locks = scope.navigator?.locks;
  const fallback = storage ? new StorageLock(storage, name) : new InProcessLock();
  return {
    lock: locks ? new WebLock(locks, name) : fallback,
    tell: openChannel(scope, name, onMessage),
  };
}
