import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { AuthenticationConfig } from '../../config/config.js';
import { AccessTokenRevokedError } from '../../tokens/access/access-token.errors.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { CallerAccount } from './caller-account.js';
import { eventOf } from './password-confirmation.js';

class ReauthenticationRequiredError extends LatchkeyError {
  /** @param maxAge milliseconds */
  constructor(maxAge: number) {
    super(
      'REAUTHENTICATION_REQUIRED',
      'You have not shown your password for too long: reauthenticate, then try again.',
      { maxAuthenticationAge: Math.floor(maxAge / 1000) },
    );
  }
}

/** For what a session that was left open must not be enough: who holds it has shown the password lately. */
@Injectable()
export class StepUpPolicy {
  constructor(
    private readonly sessions: SessionsService,
    private readonly account: CallerAccount,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AuthenticationConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws ReauthenticationRequiredError; AccessTokenRevokedError if the session is gone */
  async require({ sessionId, subject }: Principal): Promise<void> {
    const { maxAge } = this.config;
    if (maxAge === 'off') return;
    const at = await this.sessions.authenticatedAt(sessionId, subject);
    if (at === undefined) throw new AccessTokenRevokedError();
    if (this.clock.now() - at > maxAge) throw new ReauthenticationRequiredError(maxAge);
  }

  /**
   * The caller shows the password again. Their tokens stay what they are.
   * @throws InvalidCredentialsError, AccountThrottledError, AccountDisabledError
   * @throws AccessTokenRevokedError if the session has ended meanwhile
   */
  async renew(caller: Principal, password: string, client: ClientInfo): Promise<void> {
    const wanted = { type: 'session.reauthenticated', caller, client } as const;
    await this.account.findWithPassword(wanted, password);
    await this.unitOfWork.run(async (transaction) => {
      const { sessionId, subject } = caller;
      const renewed = await this.sessions.renewAuthentication(sessionId, subject, transaction);
      if (!renewed) throw new AccessTokenRevokedError();
      await this.audit.record(eventOf(wanted), transaction);
    });
  }
}
