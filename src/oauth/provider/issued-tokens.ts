import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Principal } from '../../common/principal.js';
import { TokensConfig } from '../../config/config.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { AccessTokenInvalidError } from '../../tokens/access/access-token.errors.js';
import type { ActorClaim } from '../../tokens/access/actor-claim.js';
import { parseCompactJws } from '../../tokens/access/compact-jws.js';
import { OwnVerificationRules } from '../../tokens/access/own-verification-rules.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import { RevocationList } from '../../tokens/revocation/revocation-list.js';

/** Audiences whose verifiers are kept. */
const KEPT = 100;

/** An access token that was issued here, and is good. */
export interface IssuedToken {
  readonly caller: Principal;
  readonly audience: string;
  /** Who acts for its subject. */
  readonly act?: ActorClaim;
}

/** Access tokens of this server for whatever resource and key, otherwise as strictly verified as those for its own routes. */
@Injectable()
export class IssuedTokens {
  private readonly others = new Map<string, AccessTokenVerifier>();

  constructor(
    private readonly own: AccessTokenVerifier,
    private readonly keys: SigningKeys,
    private readonly revocations: RevocationList,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws AccessTokenInvalidError, AccessTokenExpiredError, AccessTokenRevokedError, UnavailableError */
  async authenticate(token: string): Promise<IssuedToken> {
    const payload = parseCompactJws(token)?.payload;
    const audience = payload?.['aud'];
    if (typeof audience !== 'string') throw new AccessTokenInvalidError();
    const known = audience === this.config.audience ? this.own : this.others.get(audience);
    const verifier = known ?? this.verifierFor(audience);
    const caller = await verifier.authenticate(token, 'any');
    if (!known) this.keep(audience, verifier);
    // Found good with the rest.
    const act = payload?.['act'] as ActorClaim | undefined;
    return { caller, audience, ...(act && { act }) };
  }

  private verifierFor(audience: string): AccessTokenVerifier {
    const { issuer, maxTokenAge, clockLeeway, publicUrl } = new OwnVerificationRules(this.config);
    const rules = { issuer, maxTokenAge, clockLeeway, publicUrl, audience };
    return new AccessTokenVerifier(this.keys, this.revocations, rules, this.clock);
  }

  private keep(audience: string, verifier: AccessTokenVerifier): void {
    if (this.others.size >= KEPT) this.others.clear();
    this.others.set(audience, verifier);
  }
}
