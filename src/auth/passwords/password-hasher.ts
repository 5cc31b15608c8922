/** Whether a password fits a hash, and whether that hash is of today's settings. */
export interface PasswordVerification {
  readonly matches: boolean;
  /** Only with `matches`: the hash is of another kind or cost than the settings ask for; hash the password anew. */
  readonly outdated: boolean;
}

/** Hashes and verifies passwords, never on the event loop. */
export abstract class PasswordHasher {
  /**
   * @returns a self-describing hash, at most 255 characters
   * @throws UnavailableError when too many are waiting
   */
  abstract hash(password: string): Promise<string>;

  /**
   * @param hash null where there is no account: takes the time of a real one, and never matches
   * @throws UnavailableError when too many are waiting
   */
  abstract verify(password: string, hash: string | null): Promise<PasswordVerification>;
}
