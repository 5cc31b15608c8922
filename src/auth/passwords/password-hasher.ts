/** Whether a password fits a hash, and whether that hash is of today's settings. */
export interface PasswordVerification {
  readonly matches: boolean;
  /** Only with `matches`: the hash is of another kind or cost than the settings ask for; hash the password anew. */
  readonly outdated: boolean;
}

/** How busy a hasher is. */
export interface HashingLoad {
  /** Passwords that are being hashed or verified, and that wait for a thread. */
  readonly running: number;
  readonly waiting: number;
  /** How many may wait. */
  readonly waitingMax: number;
  /** How many were refused since the start, since as many waited. */
  readonly refused: number;
  /** For how long none has come to an end although there are some; milliseconds. */
  readonly stuckFor: number;
}

/** Hashes and verifies passwords, never on the event loop. */
export abstract class PasswordHasher {
  /** For metrics and `/health/ready`. @returns undefined where it is not known */
  get load(): HashingLoad | undefined {
    return undefined;
  }

  /**
   * @param gone aborted when the caller no longer waits: what has not begun is left undone
   * @returns a self-describing hash, at most 255 characters
   * @throws UnavailableError when too many are waiting; CallerGoneError
   */
  abstract hash(password: string, gone?: AbortSignal): Promise<string>;

  /**
   * @param hash null where there is no account: takes the time of a real one, and never matches
   * @param gone as of `hash`
   * @throws UnavailableError when too many are waiting; CallerGoneError
   */
  abstract verify(password: string, hash: string | null, gone?: AbortSignal): Promise<PasswordVerification>;
}
