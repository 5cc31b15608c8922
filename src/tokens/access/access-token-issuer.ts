import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, toNumericDate } from '../../common/clock.js';
import { TokensConfig } from '../../config/slices.js';
import { RevocationList } from '../revocation/revocation-list.js';
import { SigningKeys } from '../keys/signing-keys.js';
import type { Session } from '../sessions/session.js';
import type { AccessTokenClaims } from './access-token-claims.js';

/** `client_id` of tokens that Latchkey's own routes issue (RFC 9068 section 2.2). */
const FIRST_PARTY_CLIENT = 'latchkey';

export interface AccessGrant {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** When the issuing of a token began. */
export interface IssueMoment {
  readonly now: number;
  /** Tokens of the subject issued before are dead by then. Milliseconds, as above. */
  readonly earliest: number;
}

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

  /** To be taken before it is read what the grant will be: a revocation that comes after that kills the token. */
  beginFor(subject: string): IssueMoment {
    return { now: this.clock.now(), earliest: this.revocations.earliestIssue(subject) };
  }

  /** The token never outlives its session's absolute end. */
  async issue(
    session: Session,
    grant: AccessGrant,
    { now, earliest }: IssueMoment = this.beginFor(session.subject),
  ): Promise<IssuedAccessToken> {
    const nbf = toNumericDate(now);
    // A second later where what was issued until now has just been revoked: it is not one of those.
    const iat = Math.max(nbf, toNumericDate(earliest));
    const exp = toNumericDate(Math.min(now + this.config.accessTokenTtl, session.expiresAt.getTime()));
    const claims: AccessTokenClaims = {
      iss: this.config.issuer,
      sub: session.subject,
      aud: this.config.audience,
      exp,
      nbf,
      iat,
      jti: randomUUID(),
      sid: session.id,
      client_id: FIRST_PARTY_CLIENT,
      roles: grant.roles,
      scope: grant.scopes.join(' '),
    };
    return { accessToken: await this.keys.current.sign(claims), expiresIn: exp - nbf };
  }
}
