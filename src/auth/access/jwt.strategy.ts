import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import { UserRequiredError } from '../../access/access.errors.js';
import { BoundTokens } from '../../access/proofs/bound-tokens.js';
import { dpopCallOf } from '../../access/proofs/dpop-call.js';
import { RequestTokens } from '../../access/request-tokens.js';
import type { AuthenticatedRequest } from '../../access/authenticated-request.js';

/**
 * The strategy that teams know, for `AuthGuard('jwt')` in their own controllers. passport-jwt is handed a key only after
 * the verifier has accepted the token, so that there is one truth about which tokens are good.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    keys: SigningKeys,
    private readonly tokens: RequestTokens,
    private readonly bound: BoundTokens,
  ) {
    super({
      jwtFromRequest: (request: AuthenticatedRequest) =>
        dpopCallOf(request)?.token ?? tokens.tokenOf(request) ?? null,
      passReqToCallback: true as const,
      // Times are the verifier's, too: its clock, its leeway.
      ignoreExpiration: true,
      // oxlint-disable-next-line typescript/no-deprecated -- the types say so; passport-jwt has no other way
      jsonWebTokenOptions: { ignoreNotBefore: true },
      secretOrKeyProvider: keyOfVerified(verifier, keys),
    });
  }

  /** What `AuthGuard('jwt')` puts at `request.user`. */
  async validate(request: AuthenticatedRequest): Promise<Principal> {
    const call = dpopCallOf(request);
    const caller = await (call
      ? this.bound.authenticate(call)
      : this.verifier.authenticate(this.tokens.tokenOf(request) ?? ''));
    this.tokens.refuseForgery(request, caller);
    // Passport knows of no decorator that would let a client in.
    if (caller.isClient) throw new UserRequiredError();
    return caller;
  }
}

/**
 * What throws here is a refusal to passport, so that what is unknown waits for `validate`, which asks again.
 * @throws LatchkeyError if the token is not good
 */
function refuseBad(verifier: AccessTokenVerifier, token: string): void {
  try {
    verifier.verify(token, 'any');
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
  }
}

function keyOfVerified(verifier: AccessTokenVerifier, keys: SigningKeys): SecretOrKeyProvider {
  return (_request, token: string, done) => {
    try {
      refuseBad(verifier, token);
      const header = Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString();
      const { kid } = JSON.parse(header) as { kid: string };
      // jsonwebtoken takes it as it is; passport-jwt's types know only its older kinds of key.
      const key: object | undefined = keys.find(kid)?.verificationKey;
      done(null, key as Buffer | undefined);
    } catch (error) {
      done(error);
    }
  };
}
