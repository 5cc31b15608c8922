import { type CustomClaims, CustomClaimsError } from '../../tokens/access/custom-claims.js';
import type { Session } from '../../tokens/sessions/session.js';
import type { User } from '../../users/user.js';

/** Why an access token is made. */
export type ClaimsReason = 'login' | 'registration' | 'refresh';

/** For whom an access token is made, and why. */
export interface ClaimsContext {
  readonly reason: ClaimsReason;
  /** As they are now. Without what no token may hold. */
  readonly user: Omit<User, 'passwordHash'>;
  /** At `login` and `registration` it is not open yet. */
  readonly session: Pick<Session, 'id' | 'createdAt' | 'reauthenticatedAt' | 'ip' | 'userAgent'>;
  /** Aborted when no one waits any longer. */
  readonly signal: AbortSignal;
}

/**
 * Says which claims of a team's own an access token has. Asked before each token, at a refresh anew. Without an answer, or
 * with claims that no token can have, there is no token. By default there are none.
 */
export abstract class ClaimsContributor {
  /**
   * @returns claims by their names, plain or namespaced; none that is registered
   * @throws UnavailableError while they cannot be said: 503, as for all that is not an error of Latchkey's
   */
  abstract contribute(context: ClaimsContext): CustomClaims | Promise<CustomClaims>;
}

/** Asks several at once. No two may give a claim of the same name. */
export class ClaimsContributors extends ClaimsContributor {
  constructor(readonly contributors: readonly ClaimsContributor[]) {
    super();
  }

  async contribute(context: ClaimsContext): Promise<CustomClaims> {
    const contributed = await Promise.all(
      this.contributors.map(async (contributor) => contributor.contribute(context)),
    );
    const names = contributed.flatMap((claims) => Object.keys(claims));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new CustomClaimsError(`Two contributors give the claim ${twice}.`);
    return Object.assign({}, ...contributed) as CustomClaims;
  }
}
