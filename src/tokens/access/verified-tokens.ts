import type { Principal } from '../../common/principal.js';

const CAPACITY = 10_000;

interface Verified {
  readonly principal: Principal;
  readonly kid: string;
  /** The later of `nbf` and `iat`; milliseconds. */
  readonly notBefore: number;
}

/**
 * Tokens whose signature and claims were found good, so that the next request with the same token does not pay for the
 * signature again. Keyed by the whole token; bounded, the least recently used goes first. Expiry, revocation and
 * whether the key is still there are not remembered: they are asked every time.
 */
export class VerifiedTokens {
  private readonly entries = new Map<string, Verified>();

  get(token: string): Verified | undefined {
    const entry = this.entries.get(token);
    if (entry) {
      // A Map keeps the order of insertion: the first is the least recently used.
      this.entries.delete(token);
      this.entries.set(token, entry);
    }
    return entry;
  }

  add(token: string, verified: Verified): void {
    if (this.entries.size >= CAPACITY) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(token, verified);
  }

  delete(token: string): void {
    this.entries.delete(token);
  }
}
