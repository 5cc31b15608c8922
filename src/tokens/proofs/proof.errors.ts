import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** 401 `DPOP_PROOF_INVALID`: a token that is bound to a key came without a proof that holds for this request (RFC 9449 section 7.1). */
export class ProofInvalidError extends LatchkeyError {
  constructor(why: string, options?: ErrorOptions) {
    super('DPOP_PROOF_INVALID', why, options);
  }
}

/** 401 `DPOP_NONCE_REQUIRED`: another proof, with this nonce in it, will do (RFC 9449 section 9). */
export class ProofNonceRequiredError extends LatchkeyError {
  constructor(dpopNonce: string) {
    super('DPOP_NONCE_REQUIRED', 'Send another DPoP proof, with the nonce of this answer in it.', {
      dpopNonce,
    });
  }
}
