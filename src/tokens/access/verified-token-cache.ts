import type { Principal } from '../../common/principal.js';

/** Of each of the two generations. */
const CAPACITY = 5_000;

interface Verified {
  readonly principal: Principal;
  readonly kid: string;
  /** The later of `nbf` and `iat`; milliseconds. */
  readonly notBefore: number;
}

/**
 * Tokens whose signature and claims were found good, so that the next request with the same token does not pay for the
 * signature again. Keyed by the whole token. Expiry, revocation and whether the key is still there are not remembered:
 * they are asked every time.
 *
 * Bounded: when the younger of two generations is full, it becomes the older one, and what was not asked for since that
 * one was young is forgotten. A token of the younger one is found without a change, unlike in a list by last use, whose
 * upkeep leaves garbage with every request.
 */
export class VerifiedTokenCache {
  private younger = new Map<string, Verified>();
  private older = new Map<string, Verified>();

  get size(): number {
    return this.younger.size + this.older.size;
  }

  get(token: string): Verified | undefined {
    const entry = this.younger.get(token);
    if (entry) return entry;
    const older = this.older.get(token);
    if (older) this.add(token, older);
    return older;
  }

  add(token: string, verified: Verified): void {
    if (this.younger.size >= CAPACITY) {
      this.older = this.younger;
      this.younger = new Map();
    }
    this.older.delete(token);
    this.younger.set(token, verified);
  }

  delete(token: string): void {
    this.younger.delete(token);
    this.older.delete(token);
  }
}
