/** What is used of a browser. Elsewhere, as in Node, there are no tabs, and nothing of it is used. */
export interface LockManager {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

export interface Channel {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface Browser {
  readonly location?: { readonly href: string };
  readonly navigator?: { readonly locks?: LockManager };
  readonly BroadcastChannel?: new (name: string) => Channel;
  readonly localStorage?: KeyValueStorage;
  readonly addEventListener?: (
    type: 'storage',
    listener: (event: { readonly key: string | null; readonly newValue: string | null }) => void,
  ) => void;
}

/** Looked at when a client is made, never while this module loads: pages may be rendered on a server. */
export function browser(): Browser | undefined {
  // What a browser may lack is optional here, unlike in the types of the global.
  const global: object = globalThis;
  const scope = global as Browser;
  return scope.location && scope;
}

/** @returns undefined also where it is there and may not be used */
export function storageOf(scope: Browser): KeyValueStorage | undefined {
  try {
    return scope.localStorage;
  } catch {
    return undefined;
  }
}
