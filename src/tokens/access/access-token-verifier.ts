import { Injectable } from '../../common/nest.js';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { ACCESS_TOKEN_TYPE } from '../keys/access-token-type.js';
import type { TokenKey } from '../keys/token-key.js';
import { VerificationKeys } from '../keys/verification-keys.js';
import type { TokenIdentity } from '../revocation/revocation-store.js';
import { RevokedTokens } from '../revocation/revoked-tokens.js';
import { actorSessionsOf } from './actor-claim.js';
import { type AccessTokenClaims, readClaims, toPrincipal } from './access-token-claims.js';
import {
  AccessTokenBindingError,
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AccessTokenRevokedError,
} from './access-token.errors.js';
import { parseCompactJws } from './compact-jws.js';
import { VerificationRules } from './verification-rules.js';
import { VerifiedTokenCache } from './verified-token-cache.js';

/**
 * `bound`: to a key, of which the caller has to show the private one (RFC 9449); `bearer`: to none. `any` is for what tells of tokens, and
 * lets no one in.
 */
export type TokenBinding = 'bearer' | 'bound' | 'any';

const NONE: readonly never[] = [];

/** The one place that decides whether an access token is good, for every entrance. */
@Injectable()
export class AccessTokenVerifier {
  private readonly verified = new VerifiedTokenCache();
  /** By which key each caller is known who was let in by a token. */
  private readonly kids = new WeakMap<Principal, string>();
  /** Of callers for whom clients act: the `sid` of each of these, with which a token dies, too. */
  private readonly actorSessions = new WeakMap<Principal, readonly string[]>();

  constructor(
    private readonly keys: VerificationKeys,
    private readonly revocations: RevokedTokens,
    private readonly rules: VerificationRules,
    private readonly clock: Clock,
  ) {}

  /**
   * As `verify`; with `REVOCATION_CHECK=store` it also asks the store, which is what makes it a promise.
   * @throws UnavailableError too if the store does not answer
   */
  authenticate(token: string, binding: TokenBinding = 'bearer'): Principal | Promise<Principal> {
    let principal: Principal;
    try {
      principal = this.verify(token, binding);
    } catch (error) {
      if (error instanceof UnavailableError) return this.afterCatchingUp(token, binding);
      throw error;
    }
    return this.confirm(principal);
  }

  /**
   * Of a caller whose token was good when a call began that is still open: whether it has expired or was revoked since,
   * or its signing key was. From memory.
   * @param caller as `verify` or `authenticate` gave it
   * @throws AccessTokenExpiredError, AccessTokenRevokedError
   * @throws UnavailableError while it cannot be known what is revoked
   */
  stillGood(caller: Principal): void {
    if (caller.expiresAt <= this.clock.now()) throw new AccessTokenExpiredError();
    const kid = this.kids.get(caller);
    if (kid !== undefined && !this.keys.find(kid)) throw new AccessTokenRevokedError();
    if (this.isRevoked(caller)) throw new AccessTokenRevokedError();
  }

  /** After this process stood still: reads what is missing, if there is an answer to be had. */
  async catchUp(): Promise<void> {
    await Promise.all([this.keys.catchUp(), this.revocations.catchUp()]);
  }

  private async afterCatchingUp(token: string, binding: TokenBinding): Promise<Principal> {
    await this.catchUp();
    return this.confirm(this.verify(token, binding));
  }

  private confirm(principal: Principal): Principal | Promise<Principal> {
    const answer = this.revocations.askStore(principal);
    if (!answer) return principal;
    const others = this.actorsIn(principal).map((identity) => this.revocations.askStore(identity));
    return this.unlessRevoked(principal, Promise.all([answer, ...others]));
  }

  private async unlessRevoked(
    principal: Principal,
    answers: Promise<readonly unknown[]>,
  ): Promise<Principal> {
    let revoked: boolean;
    try {
      revoked = (await answers).includes(true);
    } catch (error) {
      throw new UnavailableError('It cannot be known right now which tokens are revoked.', { cause: error });
    }
    if (revoked) throw new AccessTokenRevokedError();
    return principal;
  }

  /**
   * From what is known in process: asks no store.
   * @param token the compact serialisation, without `Bearer `
   * @param binding what it must be
   * @throws AccessTokenInvalidError, AccessTokenExpiredError, AccessTokenRevokedError
   * @throws UnavailableError while it cannot be known what is revoked
   */
  verify(token: string, binding: TokenBinding = 'bearer'): Principal {
    const now = this.clock.now();
    let entry = this.verified.get(token);
    if (!entry || !this.keys.find(entry.kid)) {
      this.verified.delete(token);
      const { key, claims } = this.check(token);
      // A TTL that was lowered holds for older tokens, too: their revocations are kept no longer than that.
      const latest = claims.iat * 1000 + this.rules.maxTokenAge;
      const notBefore = Math.max(claims.nbf, claims.iat) * 1000;
      entry = { principal: toPrincipal(claims, latest), kid: key.kid, notBefore };
      this.kids.set(entry.principal, key.kid);
      if (claims.act) this.actorSessions.set(entry.principal, actorSessionsOf(claims.act));
      if (entry.principal.expiresAt > now) this.verified.add(token, entry);
    }
    const { principal, notBefore } = entry;
    if (principal.expiresAt <= now) {
      this.verified.delete(token);
      throw new AccessTokenExpiredError();
    }
    if (notBefore > now + this.rules.clockLeeway) throw new AccessTokenInvalidError();
    if (this.isRevoked(principal)) throw new AccessTokenRevokedError();
    const isBound = principal.jkt !== undefined;
    if (binding !== 'any' && (binding === 'bound') !== isBound) throw new AccessTokenBindingError(isBound);
    return principal;
  }

  private isRevoked(principal: Principal): boolean {
    if (this.revocations.isRevoked(principal)) return true;
    return this.actorsIn(principal).some((identity) => this.revocations.isRevoked(identity));
  }

  /** What it can be revoked by beside its own session. */
  private actorsIn(principal: Principal): readonly TokenIdentity[] {
    if (!principal.actors) return NONE;
    const sessions = this.actorSessions.get(principal) ?? NONE;
    const { subject, tokenId, issuedAt } = principal;
    return sessions.map((sessionId) => ({ sessionId, subject, tokenId, issuedAt }));
  }

  private check(token: string): { key: TokenKey; claims: AccessTokenClaims } {
    const jws = parseCompactJws(token);
    const key = jws && this.keys.find(jws.header.kid);
    if (!key || jws.header.alg !== key.alg || jws.header.typ !== ACCESS_TOKEN_TYPE)
      throw new AccessTokenInvalidError();
    try {
      key.verifySignature(token);
    } catch (error) {
      throw new AccessTokenInvalidError({ cause: error });
    }
    const claims = readClaims(jws.payload);
    if (!claims || claims.iss !== this.rules.issuer || claims.aud !== this.rules.audience) {
      throw new AccessTokenInvalidError();
    }
    return { key, claims };
  }
}
