import type { TokenKey } from './token-key.js';

/** What signs now, and all that verifies. */
export interface SigningKeySet {
  /** Signs, until one of `upcoming` does. */
  readonly current: TokenKey;
  /** Since when `current` signs: milliseconds since the epoch; undefined where it is not known. */
  readonly signsSince?: number | undefined;
  /** All that verify and are published, the signing one and those of `upcoming` included. */
  readonly all: readonly TokenKey[];
  /** Keys that take over by the clock, in order, without another load. */
  readonly upcoming?: readonly UpcomingKey[];
  /** When a key stops verifying, by its `kid`: milliseconds since the epoch. Those not named go on. */
  readonly verifiesUntil?: ReadonlyMap<string, number>;
  /** The longest life of a token that any instance may have signed with them; milliseconds. */
  readonly longestTokenTtl?: number;
}

/** A key that is published already and signs from a given time. */
export interface UpcomingKey {
  readonly key: TokenKey;
  /** Milliseconds since the epoch. */
  readonly signsFrom: number;
}

/** Where signing keys come from: the database, files, a shared secret, or a team's own. */
export abstract class SigningKeySource {
  /**
   * Read at start, and whenever `watch` tells of a change.
   * @throws SigningKeyError if there is no usable key: at start the process ends, later the set before stays in use
   */
  abstract load(): Promise<SigningKeySet>;

  /** False while it cannot be known which keys are still good: no token is accepted then. */
  get isFresh(): boolean {
    return true;
  }

  /**
   * Calls `changed` whenever `load` would give something else.
   * @returns what ends the watching
   */
  watch(_changed: () => void): () => void {
    return () => undefined;
  }
}

/** The signing keys cannot be used; the process must not start. */
export class SigningKeyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SigningKeyError';
  }
}
