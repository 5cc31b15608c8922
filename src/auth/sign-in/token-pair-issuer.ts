import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { RegistrationConfig } from '../../config/config.js';
import { type AccessGrant, AccessTokenIssuer } from '../../tokens/access/access-token-issuer.js';
import { checkCustomClaims, type CustomClaims } from '../../tokens/access/custom-claims.js';
import type { NewSession, OpenedSession } from '../../tokens/sessions/session.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import type { User } from '../../users/user.js';
import { OwnFields } from '../fields/own-fields.js';
import type { ClaimsReason } from '../claims/claims-contributor.js';
import { TokenClaims } from '../claims/token-claims.js';
import { grantOf } from '../grants/grant-of.js';
import { limitedTo } from '../grants/granted-scopes.js';
import { TOKEN_SESSION, type TokenSession, tokenSessionOf } from './token-session.js';

/** What there was in a team's own fields, if the access token was to say it. A symbol, so that no body ever holds it. */
export const READ_FIELDS = Symbol('latchkey:read-fields');

/** What signing in and refreshing answer: RFC 6749 section 5.1 in camel case. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
  readonly [TOKEN_SESSION]: TokenSession;
  readonly [READ_FIELDS]: UserFieldValues | undefined;
}

/** What holds for one access token beside what its session and its user give. */
export interface AccessTokenBounds {
  /** At most; milliseconds. */
  readonly lifetime?: number | undefined;
  /** Thumbprint of the key that it is bound to (RFC 9449 section 6.1). */
  readonly jkt?: string | undefined;
}

/** A pair of tokens for a user, with what they may do. */
@Injectable()
export class TokenPairIssuer {
  constructor(
    private readonly issuer: AccessTokenIssuer,
    private readonly registration: RegistrationConfig,
    private readonly fields: OwnFields,
    private readonly claims: TokenClaims,
    private readonly clock: Clock,
  ) {}

  /** As that of `AccessTokenIssuer`: taken before the roles are read. */
  issueTime(subject: string): number {
    return this.issuer.issueTime(subject);
  }

  /** To be asked for before what `issueTimeSince` is about is read; milliseconds. */
  now(): number {
    return this.clock.now();
  }

  /** @see AccessTokenIssuer.issueTimeSince */
  issueTimeSince(time: number, subject: string): number | undefined {
    return this.issuer.issueTimeSince(time, subject);
  }

  /** Whether a contributor is to be asked for claims. */
  get areClaimsContributed(): boolean {
    return this.claims.areContributed;
  }

  /** @see TokenClaims.of */
  async claimsFor(user: User, session: NewSession, reason: ClaimsReason): Promise<CustomClaims> {
    return this.claims.of(user, session, reason);
  }

  /** What an access token of the session gives now. */
  grantFor({ scopes }: Pick<NewSession, 'scopes'>, user: User): AccessGrant {
    return limitedTo(scopes, grantOf(user, this.registration.unverifiedScopes));
  }

  /**
   * @param claims of `claimsFor`, asked for after the time of which `issueTime` is
   */
  async issue(
    { session, refreshToken }: OpenedSession,
    user: User,
    issueTime: number,
    claims: CustomClaims,
    { lifetime, jkt }: AccessTokenBounds = {},
  ): Promise<TokenPair> {
    const grant = this.grantFor(session, user);
    const read = this.fields.areInTokens && isWhole(user, grant) ? await this.fields.of(user) : undefined;
    const fields = read && this.fields.claimsIn(read);
    // Where a contributor says the same, it has the last word.
    const custom = checkCustomClaims({ ...fields, ...claims });
    const bound = { ...grant, jkt };
    const { accessToken, expiresIn } = await this.issuer.issue(session, bound, issueTime, custom, lifetime);
    return {
      accessToken,
      refreshToken,
      tokenType: 'Bearer',
      expiresIn,
      [TOKEN_SESSION]: tokenSessionOf(session, this.clock.now()),
      [READ_FIELDS]: read,
    };
  }
}

/** Whether nothing is kept from the user: then their token says what their fields do, too. */
function isWhole({ roles, passwordChangeRequired }: User, grant: AccessGrant): boolean {
  return !passwordChangeRequired && grant.roles === roles;
}
