import { Injectable, Logger } from '@nestjs/common';
import type { AuditEvent, AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { logFailure } from '../../common/errors/log-failure.js';
import type { Principal } from '../../common/principal.js';
import { AccountThrottle } from '../../throttling/account/account-throttle.js';
import { isPasswordExpired, type User } from '../../users/user.js';
import { KnownPassword } from '../credentials/known-password.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';
import { ThrottleAudit } from '../audit/throttle-audit.js';

/** What a user wants to do with their own account. */
export interface OwnAction {
  readonly type: AuditEventType;
  readonly caller: Principal;
  readonly client: ClientInfo;
}

/**
 * Asks a bearer for the password again. Wrong ones are counted by session: who holds a stolen token cannot guess on, and
 * cannot keep the owner, who has another session, from anything.
 */
@Injectable()
export class PasswordConfirmation {
  private readonly logger = new Logger('Account');

  constructor(
    private readonly throttle: AccountThrottle,
    private readonly waiting: ThrottleAudit,
    private readonly passwords: KnownPassword,
    private readonly audit: AuditSink,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidCredentialsError if it is wrong, which is recorded; AccountThrottledError */
  async verify(wanted: OwnAction, password: string, user: User): Promise<void> {
    const guessed = { kind: 'session', id: wanted.caller.sessionId } as const;
    const refused = { ...eventOf(wanted), outcome: 'failure', details: { reason: 'throttled' } } as const;
    const begun = this.throttle.begin(guessed);
    const attempt = await this.waiting.observe(begun, guessed, wanted.client, () => refused);
    let matches: boolean;
    try {
      matches = await this.passwords.isOf(user, password, wanted.client);
    } catch (error) {
      await attempt.refund();
      throw error;
    }
    if (!matches || isPasswordExpired(user, this.clock.now())) {
      await attempt.fail();
      await this.recordFailure(wanted);
      throw new InvalidCredentialsError('The password is wrong.');
    }
    await attempt.refund();
  }

  /** Nothing was changed, whether or not it can be written down. */
  private async recordFailure(wanted: OwnAction): Promise<void> {
    const details = { reason: 'wrong_credentials' };
    const event = { ...eventOf(wanted), outcome: 'failure', details } as const;
    const complaint = 'A wrong password could not be recorded';
    await logFailure(this.logger, complaint, () => this.audit.record(event), wanted.client);
  }
}

/** That it was done. */
export function eventOf({ type, caller, client }: OwnAction): AuditEvent & { readonly sessionId: string } {
  const { subject, sessionId } = caller;
  return { type, actor: { kind: 'user', id: subject }, subject, sessionId, client };
}
