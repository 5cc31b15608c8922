import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';

/** What the protocol library has for grants of our own that take DPoP proofs. */
export type ProofHelpers = Pick<
  typeof import('oidc-provider/lib/helpers/grants.js'),
  'validateDpop' | 'checkDpopRequired' | 'checkDpopReplay'
>;

/**
 * Thumbprint of the key that a client shows with its token request (RFC 9449 section 5); the proof is used up.
 * @returns undefined if it shows none, and need not
 * @throws the library's errors `invalid_dpop_proof`, `use_dpop_nonce`, `invalid_grant`
 */
export async function dpopThumbprint(
  helpers: ProofHelpers,
  provider: Provider,
  context: TokenEndpointGrantContext,
): Promise<string | undefined> {
  const proof = await helpers.validateDpop(provider, context);
  helpers.checkDpopRequired(provider, context, proof);
  await helpers.checkDpopReplay(provider, context, proof, context.oidc.client.clientId);
  return proof?.thumbprint;
}
