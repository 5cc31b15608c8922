import { Injectable, Logger } from '@nestjs/common';
import { LatchkeyError, UnavailableError } from '../../common/errors/latchkey-error.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import {
  checkCustomClaims,
  type CustomClaims,
  CustomClaimsError,
  NO_CLAIMS,
} from '../../tokens/access/custom-claims.js';
import type { NewSession } from '../../tokens/sessions/session.js';
import type { User } from '../../users/user.js';
import {
  type ClaimsContext,
  ClaimsContributor,
  ClaimsContributors,
  type ClaimsReason,
} from './claims-contributor.js';

/** How long a request waits for claims; milliseconds. */
const PATIENCE = 5_000;

/** Asks the contributor, and lets no token be made without its answer. */
@Injectable()
export class TokenClaims {
  private readonly logger = new Logger('Claims');
  /** Whether there is a contributor at all: else nothing is read for it. */
  readonly areContributed: boolean;

  constructor(private readonly contributor: ClaimsContributor) {
    this.areContributed = !(contributor instanceof ClaimsContributors) || contributor.contributors.length > 0;
  }

  /**
   * @throws UnavailableError if they cannot be said, or not in time
   * @throws CustomClaimsError if no token can have them
   */
  async of(
    { passwordHash: _, ...user }: User,
    session: NewSession,
    reason: ClaimsReason,
  ): Promise<CustomClaims> {
    if (!this.areContributed) return NO_CLAIMS;
    const { id, createdAt, reauthenticatedAt, ip, userAgent } = session;
    const signal = AbortSignal.timeout(PATIENCE);
    const context = { reason, user, session: { id, createdAt, reauthenticatedAt, ip, userAgent }, signal };
    try {
      return checkCustomClaims(await this.inTime(context));
    } catch (error) {
      if (error instanceof LatchkeyError || error instanceof CustomClaimsError) throw error;
      this.logger.error(`The claims of a token could not be determined: ${reasonOf(error)}`);
      throw new UnavailableError('What belongs into the token cannot be determined right now.', {
        cause: error,
      });
    }
  }

  private async inTime(context: ClaimsContext): Promise<CustomClaims> {
    const { signal } = context;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('it took too long')), { once: true });
      void (async () => this.contributor.contribute(context))().then(resolve, reject);
    });
  }
}
