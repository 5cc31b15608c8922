import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { TokenPairIssuer } from '../../auth/sign-in/token-pair-issuer.js';
import type { ClientInfo } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { CustomClaims } from '../../tokens/access/custom-claims.js';
import type { OpenedSession } from '../../tokens/sessions/session.js';
import { SessionEndedError } from '../../tokens/sessions/sessions.errors.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { GrantRecords } from './grant-records.js';
import type { GrantToOpen } from './grant-tokens.js';

/** A grant that has just become a session, and what its tokens are to say. */
export interface OpenedGrant {
  readonly opened: OpenedSession;
  readonly user: User;
  /** `iat` of its access token. */
  readonly issueTime: number;
  readonly claims: CustomClaims;
}

/** The moment in which a grant becomes a session. */
@Injectable()
export class GrantOpening {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly pairs: TokenPairIssuer,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
    private readonly records: GrantRecords,
  ) {}

  /**
   * As long as what it comes from was not used or revoked, its client may have it, the user allows it still and is not disabled, and
   * their sessions have not ended since they allowed it, but for that in which they did; none of that can come between. Of several at
   * once one opens it, and the others end it (RFC 9700 section 4.5).
   * @throws UsedBeforeError, SessionEndedError, AccountDisabledError
   */
  async open(grant: GrantToOpen, client: ClientInfo): Promise<OpenedGrant> {
    const { id, subject, clientId, scopes } = grant;
    const issueTime = this.pairs.issueTime(subject);
    const user = active(await this.users.findById(subject));
    const granted = {
      id,
      clientId,
      scopes,
      parentId: grant.parentId,
      jkt: grant.isPublic ? grant.jkt : undefined,
      audience: grant.audience,
      ...(await this.records.lifetimesFor(clientId)),
      ...(grant.authenticatedAt !== undefined && { authenticatedAt: new Date(grant.authenticatedAt) }),
    };
    const { session, write, opened } = this.sessions.opening(subject, client, granted, grant.methods);
    const claims = await this.pairs.claimsFor(user, session, 'login');
    const actor = { kind: 'user', id: subject } as const;
    const details = { clientId, scopes: [...scopes] };
    const event = { type: 'grant.opened', actor, subject, sessionId: id, client, details } as const;
    const watch = await this.records.watching(session);
    const opening = this.unitOfWork.run(async (transaction) => {
      if (!(await this.records.use(grant, transaction))) throw new UsedBeforeError();
      const held = await this.records.hold(grant, transaction);
      if (!held) throw new SessionEndedError();
      const holding = this.users.loggingIn(user);
      if (holding && !(await holding.within(transaction))) throw new AccountDisabledError();
      // After the user, as where an account is deleted.
      if (!(await this.records.holdConsent(grant, held, transaction))) throw new SessionEndedError();
      await this.audit.record(event, transaction);
      await watch(transaction);
      const era = await write.within(transaction);
      if (grant.era !== undefined && era > grant.era) throw new AllowedBeforeError();
      return era;
    });
    const era = await opening.catch((error: unknown) => this.takeBack(error, grant, client));
    return { opened: opened(era), user, issueTime, claims };
  }

  /** What must not be open: also of another, who used the same, or where sessions are kept elsewhere than in the database. @throws always */
  private async takeBack(cause: unknown, { id, subject }: GrantToOpen, client: ClientInfo): Promise<never> {
    const ending = { subject, only: id, reason: 'grant_revoked', client } as const;
    if (cause instanceof AllowedBeforeError || cause instanceof UsedBeforeError)
      await this.sessions.end(ending);
    // A commit that failed leaves one that is kept elsewhere; why it failed is what the caller is told.
    else if (!(cause instanceof LatchkeyError)) await this.sessions.end(ending).catch(() => undefined);
    throw cause;
  }
}

/** What the grant comes from was used or revoked: nothing can open it any more. */
class UsedBeforeError extends LatchkeyError {
  constructor() {
    super('SESSION_ENDED', 'It was used or revoked already.');
  }
}

/** The user's sessions have ended since they allowed it. */
class AllowedBeforeError extends SessionEndedError {}

function active(user: User | undefined): User {
  if (!user || user.disabledAt) throw new AccountDisabledError();
  return user;
}
