import type { TokenKey } from './token-key.js';

/** What signs now, and all that verifies (the signing key included). */
export interface SigningKeySet {
  readonly current: TokenKey;
  readonly all: readonly TokenKey[];
}

/** Where signing keys come from: the database, files, a shared secret, or a team's own. */
export abstract class SigningKeySource {
  /** Read once at start. @throws SigningKeyError if there is no usable key */
  abstract load(): Promise<SigningKeySet>;
}

/** The signing keys cannot be used; the process must not start. */
export class SigningKeyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SigningKeyError';
  }
}
