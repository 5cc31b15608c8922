/** Whether a password fits a hash, and whether that hash is of today's settings. */
export interface PasswordVerification {
  readonly matches: boolean;
  /** Only with `matches`: the hash is of another kind or cost than the settings ask for; hash the password anew. */
  readonly outdated: boolean;
}

/** Hashes and verifies passwords, never on the event loop. */
export abstract class PasswordHasher {
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
