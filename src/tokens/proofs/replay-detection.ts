/** How long a proof is remembered, from its use; milliseconds. No proof is good for longer. */
export const PROOF_REMEMBERED = 180_000;

/**
 * Remembers DPoP proofs that were used (RFC 9449 section 11.1). A port: in the stores of the server by default; in a resource server in
 * its memory, unless another stands in for that.
 */
export abstract class ReplayDetection {
  /**
   * In one atomic step, so that of several at once one is the first.
   * @param id of the proof: 43 characters, base64url
   * @param expiresAt when it may be forgotten; milliseconds since the epoch
   * @returns whether it was not used before
   * @throws UnavailableError if it cannot be known
   */
  abstract isFirstUse(id: string, expiresAt: number): Promise<boolean>;
}
