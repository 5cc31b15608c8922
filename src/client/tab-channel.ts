import { browser, storageOf } from './browser.js';

type Scope = NonNullable<ReturnType<typeof browser>>;

/** @returns by which the other tabs are told: BroadcastChannel, or an entry that is written and taken back at once */
export function openChannel(
  scope: Scope,
  name: string,
  onMessage: (message: unknown) => void,
): (message: unknown) => void {
  if (scope.BroadcastChannel) {
    const channel = new scope.BroadcastChannel(name);
    channel.addEventListener('message', ({ data }) => onMessage(data));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
    return (message) => channel.postMessage(message);
  }
  const storage = storageOf(scope);
  const key = `${name} message`;
  scope.addEventListener?.('storage', (event) => {
    if (event.key === key && event.newValue) onMessage(JSON.parse(event.newValue));
  });
  return (message) => {
    try {
      storage?.setItem(key, JSON.stringify(message));
      storage?.removeItem(key);
    } catch {
      // Full, or refused: the others find out when they ask the server.
    }
  };
}
