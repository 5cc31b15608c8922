import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Clock } from '../../common/clock.js';

/** Milliseconds. */
const STEP = 60_000;

/** Nonces of DPoP proofs (RFC 9449 section 8), one a minute, which all who have the key know without telling each other. */
export class ProofNonces {
  constructor(
    private readonly key: KeyObject,
    private readonly clock: Clock,
  ) {}

  /** Good for one to two minutes. */
  current(): string {
    return this.ofStep(this.step());
  }

  /** Also of the minute that an instance may be ahead by. */
  accepts(nonce: string): boolean {
    const shown = Buffer.from(nonce);
    return [0, -1, 1].some((offset) => {
      const known = Buffer.from(this.ofStep(this.step() + offset));
      return known.length === shown.length && timingSafeEqual(known, shown);
    });
  }

  private step(): number {
    return Math.floor(this.clock.now() / STEP);
  }

  private ofStep(step: number): string {
    return createHmac('sha256', this.key).update(String(step)).digest('base64url');
  }
}
