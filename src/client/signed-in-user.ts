import type { User } from './latchkey-client.js';

type Listener = (user: User | null) => void;

/** Who is signed in, and who is told when that changes. */
export class SignedInUser {
  /** Another number, another sign-in: what was begun under one must not be finished under the next. */
  epoch = 0;
  private readonly listeners = new Set<Listener>();

  constructor(public current: User | null | undefined) {}

  /** @param anew for a sign-in, be it of the same user */
  set(user: User | null, anew = false): void {
    const before = this.current;
    if (anew || (before !== undefined && user?.id !== before?.id)) this.epoch++;
    if (before !== undefined && JSON.stringify(user) === JSON.stringify(before)) return;
    this.current = user;
    for (const listener of Array.from(this.listeners)) tell(listener, user);
  }

  readonly onChange = (listener: Listener): (() => void) => {
    // One that is given twice is told twice.
    const own: Listener = (user) => listener(user);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  };
}

/** A listener that throws keeps no other from being told: its error is reported as that of an event's listener is. */
function tell(listener: Listener, user: User | null): void {
  try {
    listener(user);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
