import { Injectable } from '@nestjs/common';
import { Clock, toNumericDate } from '../../common/clock.js';
import { OWN_CLIENT } from '../../common/principal.js';
import { TokensConfig } from '../../config/config.js';
import { RevocationList } from '../revocation/revocation-list.js';
import { SigningKeys } from '../keys/signing-keys.js';
import type { Session } from '../sessions/session.js';
import type { ActorClaim } from './actor-claim.js';
import type { AccessTokenClaims } from './access-token-claims.js';
import { checkCustomClaims, type CustomClaims, NO_CLAIMS } from './custom-claims.js';
import { newTokenId } from '../revocation/token-id.js';

/** The `roles` and `scope` that an access token will carry. */
export interface AccessGrant {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Thumbprint of the key that it is bound to (RFC 9449 section 6.1); undefined: a bearer token. */
  readonly jkt?: string | undefined;
  /** Who acts for the subject (RFC 8693 section 4.1); undefined: no one else. */
  readonly act?: ActorClaim | undefined;
}

/** What an access token says of the session that it belongs to. */
export type SessionOfToken = Pick<Session, 'id' | 'subject' | 'clientId' | 'audience' | 'era' | 'expiresAt'>;

/** A signed access token and its lifetime. */
export interface IssuedAccessToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Writes access tokens: JWTs as RFC 9068 profiles them, signed with the current key. */
@Injectable()
export class AccessTokenIssuer {
  constructor(
    private readonly keys: SigningKeys,
    private readonly revocations: RevocationList,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * `iat` of a token that is issued now: a second ahead where what was issued until now has just been revoked. A caller
   * that asks before it reads what the token will say gets one that dies with a revocation that comes between.
   */
  issueTime(subject: string): number {
    return Math.max(toNumericDate(this.clock.now()), toNumericDate(this.revocations.earliestIssue(subject)));
  }

  /**
   * `iat` of a token that will say what was read since `time`, milliseconds.
   * @returns undefined if what was issued until then has been revoked, so that it has to be read anew
   */
  issueTimeSince(time: number, subject: string): number | undefined {
    return this.revocations.earliestIssue(subject) > time ? undefined : toNumericDate(time);
  }

  /**
   * The token never outlives its session's absolute end.
   * @param iat of `issueTime`
   * @param custom claims beside those of RFC 9068
   * @param lifetime of the token at most, below `ACCESS_TOKEN_TTL`; milliseconds
   * @throws CustomClaimsError if no token can have them
   */
  async issue(
    session: SessionOfToken,
    grant: AccessGrant,
    iat = this.issueTime(session.subject),
    custom: CustomClaims = NO_CLAIMS,
    lifetime = Infinity,
  ): Promise<IssuedAccessToken> {
    const now = Math.min(this.clock.now(), iat * 1000 + 999);
    const nbf = toNumericDate(now);
    const exp = toNumericDate(
      Math.min(now + Math.min(lifetime, this.config.accessTokenTtl), session.expiresAt.getTime()),
    );
    const claims: AccessTokenClaims = {
      iss: this.config.issuer,
      sub: session.subject,
      aud: session.audience ?? this.config.audience,
      exp,
      nbf,
      iat,
      jti: newTokenId(session.era),
      sid: session.id,
      client_id: session.clientId ?? OWN_CLIENT,
      roles: grant.roles,
      scope: grant.scopes.join(' '),
      ...(grant.jkt !== undefined && { cnf: { jkt: grant.jkt } }),
      ...(grant.act && { act: grant.act }),
    };
    const payload = { ...claims, ...checkCustomClaims(custom) };
    return { accessToken: await this.keys.current.sign(payload), expiresIn: exp - nbf };
  }
}
