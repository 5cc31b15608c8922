import type { TokenIdentity } from './revocation-store.js';

/** What is known of revoked access tokens by the process that verifies them. */
export abstract class RevokedTokens {
  /**
   * Of what is known in process.
   * @throws UnavailableError while that is too old to trust
   */
  abstract isRevoked(token: TokenIdentity): boolean;

  /** Reads what is missing, where that may help; never rejects, and does not take long. */
  abstract catchUp(): Promise<void>;

  /**
   * Asks the store itself, where that is configured.
   * @returns undefined: what is known in process is enough
   */
  askStore(_token: TokenIdentity): Promise<boolean> | undefined {
    return undefined;
  }
}
