import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { TokenPairIssuer } from '../../auth/sign-in/token-pair-issuer.js';
import type { ClientInfo } from '../../common/client-info.js';
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
   * As long as what it comes from was not revoked, and the user is not disabled; neither can come between.
   * @throws SessionEndedError, AccountDisabledError
   */
  async open(grant: GrantToOpen, client: ClientInfo): Promise<OpenedGrant> {
    const { id, subject, clientId, scopes } = grant;
    const issueTime = this.pairs.issueTime(subject);
    const user = active(await this.users.findById(subject));
    const { session, write, opened } = this.sessions.opening(subject, client, {
      id,
      clientId,
      scopes,
      parentId: grant.parentId,
      jkt: grant.isPublic ? grant.jkt : undefined,
      audience: grant.audience,
      ...(grant.authenticatedAt !== undefined && { authenticatedAt: new Date(grant.authenticatedAt) }),
    });
    const claims = await this.pairs.claimsFor(user, session, 'login');
    const actor = { kind: 'user', id: subject } as const;
    const details = { clientId, scopes: [...scopes] };
    const event = { type: 'grant.opened', actor, subject, sessionId: id, client, details } as const;
    const watch = await this.records.watching(session);
    const era = await this.unitOfWork.run(async (transaction) => {
      if (!(await this.records.hold(id, transaction))) throw new SessionEndedError();
      const holding = this.users.loggingIn(user);
      if (holding && !(await holding.within(transaction))) throw new AccountDisabledError();
      await this.audit.record(event, transaction);
      await watch(transaction);
      return write.within(transaction);
    });
    return { opened: opened(era), user, issueTime, claims };
  }
}

function active(user: User | undefined): User {
  if (!user || user.disabledAt) throw new AccountDisabledError();
  return user;
}
