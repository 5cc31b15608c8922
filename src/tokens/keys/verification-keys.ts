import type { TokenKey } from './token-key.js';

/** The keys that access tokens are verified with: the server's own, or an issuer's. */
export abstract class VerificationKeys {
  /**
   * Of what is known in process.
   * @returns undefined if there is no such key
   * @throws UnavailableError while it cannot be known whether the key is still good, or is there meanwhile
   */
  abstract find(kid: string): TokenKey | undefined;

  /** Reads what `find` could not know, where that may help; never rejects, and does not take long. */
  abstract catchUp(): Promise<void>;
}
