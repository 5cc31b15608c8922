/** Algorithms of DPoP proofs: of public keys only (RFC 9449 section 4.2). */
export const PROOF_ALGS = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const;
