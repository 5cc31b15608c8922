import { Injectable } from '../../common/nest.js';
import type { Principal } from '../../common/principal.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { VerificationRules } from '../../tokens/access/verification-rules.js';
import { DpopProofs } from '../../tokens/proofs/dpop-proofs.js';
import { ProofInvalidError } from '../../tokens/proofs/proof.errors.js';
import type { DpopCall } from './dpop-call.js';

/** Knows callers by tokens that are bound to a key (RFC 9449), for every entrance. */
@Injectable()
export class BoundTokens {
  private offered = false;
  private readonly proved = new WeakMap<object, { readonly token: string; readonly check: Promise<void> }>();

  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly proofs: DpopProofs,
    private readonly rules: VerificationRules,
  ) {}

  /** Whether callers without a token are told that such a one will do. */
  get isOffered(): boolean {
    return this.offered;
  }

  /** Called where such tokens are issued, or known to be taken. */
  offer(): void {
    this.offered = true;
  }

  /**
   * The proof is used up by the first question; others about the same call are answered alike.
   * @throws AccessTokenInvalidError, also for a token that is bound to no key; AccessTokenExpiredError, AccessTokenRevokedError
   * @throws ProofInvalidError, ProofNonceRequiredError
   * @throws UnavailableError
   */
  async authenticate(call: DpopCall): Promise<Principal> {
    const caller = await this.verifier.authenticate(call.token, 'bound');
    const known = this.proved.get(call.carrier);
    const check = known?.token === call.token ? known.check : this.check(call, caller.jkt ?? '');
    this.proved.set(call.carrier, { token: call.token, check });
    await check;
    return caller;
  }

  private async check({ proof, method, url, token }: DpopCall, jkt: string): Promise<void> {
    if (proof === undefined)
      throw new ProofInvalidError('Send a proof in the header DPoP, since the token is bound to a key.');
    const { publicUrl } = this.rules;
    if (publicUrl === undefined)
      throw new ProofInvalidError('This service does not know its public address, which proofs are for.');
    await this.proofs.check(proof, { method, url: addressOf(url, publicUrl), token, jkt });
  }
}

function addressOf(url: string, publicUrl: string): string {
  return url.startsWith('/') ? `${publicUrl.replace(/\/$/, '')}${url}` : url;
}
