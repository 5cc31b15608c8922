import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ErrorCode } from '../../common/errors/error-code.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { reachesAccount } from '../../access/account-scope.js';
import { PASSWORD_CHANGE_SCOPE } from '../../access/password-change-scope.js';
import { BoundTokens } from '../../access/proofs/bound-tokens.js';
import { dpopCallOf } from '../../access/proofs/dpop-call.js';
import { RequestTokens } from '../../access/request-tokens.js';

const NOT_SIGNED_IN: ReadonlySet<ErrorCode> = new Set([
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'DPOP_PROOF_INVALID',
  'DPOP_NONCE_REQUIRED',
]);

/** Who calls a public route that is also good for those who are signed in. */
@Injectable()
export class OptionalCaller {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly tokens: RequestTokens,
    private readonly bound: BoundTokens,
  ) {}

  /**
   * @returns undefined for who sends no access token, or none that is good, or that an OAuth client was given for other things
   * @throws CsrfRejectedError if a cookie alone would change something; UnavailableError
   */
  async of(request: HttpRequest): Promise<Principal | undefined> {
    try {
      const call = dpopCallOf(request);
      const token = call ? undefined : this.tokens.tokenOf(request);
      if (!call && token === undefined) return undefined;
      const caller = await (call ? this.bound.authenticate(call) : this.verifier.authenticate(token ?? ''));
      this.tokens.refuseForgery(request, caller);
      const mayBe = reachesAccount(caller) && !caller.scopes.includes(PASSWORD_CHANGE_SCOPE);
      return mayBe ? caller : undefined;
    } catch (error) {
      if (error instanceof LatchkeyError && NOT_SIGNED_IN.has(error.code)) return undefined;
      throw error;
    }
  }
}
