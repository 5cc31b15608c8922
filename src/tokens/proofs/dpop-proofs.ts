import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { Clock } from '../../common/clock.js';
import { PROOF_ALGS } from './proof-algs.js';
import { ProofInvalidError, ProofNonceRequiredError } from './proof.errors.js';
import type { ProofNonces } from './proof-nonces.js';
import { PROOF_REMEMBERED, ReplayDetection } from './replay-detection.js';

/** How far `iat` may be from this clock, where no nonce says when the proof was made. Milliseconds. */
const RECENT = 60_000;
/** Characters. */
const LENGTH_MAX = 8191;
const PROOF_TYPE = 'dpop+jwt';

/** What a proof must be for. */
export interface ProofTarget {
  readonly method: string;
  /** The address of the request as its sender has it; its query does not count. */
  readonly url: string;
  readonly token: string;
  /** Thumbprint of the key that the token is bound to. */
  readonly jkt: string;
}

/**
 * Checks DPoP proofs of requests to guarded routes (RFC 9449 sections 4.3 and 7). What verifies signatures is loaded with the first of
 * them.
 */
export class DpopProofs {
  /** @param nonces undefined: there are none here, and proofs are good by their time alone */
  constructor(
    private readonly replays: ReplayDetection,
    private readonly clock: Clock,
    private readonly nonces: ProofNonces | undefined,
  ) {}

  /**
   * Uses the proof up.
   * @throws ProofInvalidError if it does not hold for the request, or was used before
   * @throws ProofNonceRequiredError if it may have been made at another time
   * @throws UnavailableError if it cannot be known whether it was used before
   */
  async check(proof: string, { method, url, token, jkt }: ProofTarget): Promise<void> {
    const { payload, thumbprint } = await this.verified(proof);
    if (thumbprint !== jkt) throw new ProofInvalidError('The DPoP proof is of another key than the token.');
    if (payload['htm'] !== method) throw new ProofInvalidError('The DPoP proof is for another method.');
    if (!isSameAddress(payload['htu'], url))
      throw new ProofInvalidError('The DPoP proof is for another address.');
    if (payload['ath'] !== sha256(token))
      throw new ProofInvalidError('The DPoP proof is for another token, or for none.');
    const { jti } = payload;
    if (typeof jti !== 'string' || jti === '') throw new ProofInvalidError('The DPoP proof has no jti.');
    this.checkTime(payload);
    const until = this.clock.now() + PROOF_REMEMBERED;
    if (!(await this.replays.isFirstUse(sha256(`${jkt} ${jti}`), until)))
      throw new ProofInvalidError('The DPoP proof was used before.');
  }

  private async verified(proof: string): Promise<{ payload: JWTPayload; thumbprint: string }> {
    const { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } = await import('jose');
    try {
      if (proof.length > LENGTH_MAX) throw new Error('too long');
      const rules = { algorithms: [...PROOF_ALGS], typ: PROOF_TYPE, currentDate: new Date(this.clock.now()) };
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, rules);
      return { payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk ?? {}) };
    } catch (cause) {
      throw new ProofInvalidError('The DPoP proof is no JWT that its own public key has signed.', { cause });
    }
  }

  private checkTime({ iat, nonce }: JWTPayload): void {
    if (typeof iat !== 'number') throw new ProofInvalidError('The DPoP proof does not say when it was made.');
    const { nonces } = this;
    if (nonces && nonce !== undefined) {
      if (typeof nonce === 'string' && nonces.accepts(nonce)) return;
      throw new ProofNonceRequiredError(nonces.current());
    }
    if (Math.abs(this.clock.now() - iat * 1000) <= RECENT) return;
    if (nonces) throw new ProofNonceRequiredError(nonces.current());
    throw new ProofInvalidError('The DPoP proof was not made just now.');
  }
}

/** RFC 9449 section 4.3: without query and fragment, as addresses are normalised (RFC 3986 section 6.2). */
function isSameAddress(htu: unknown, url: string): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu) || !URL.canParse(url)) return false;
  const [shown, asked] = [htu, url].map((each) => {
    const { protocol, host, pathname, username, password } = new URL(each);
    return username || password ? undefined : `${protocol}//${host}${pathname}`;
  });
  return shown !== undefined && shown === asked;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
