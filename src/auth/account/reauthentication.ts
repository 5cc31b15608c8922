import { Injectable, Logger } from '@nestjs/common';
import type { AuditEvent, AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import type { Principal } from '../../common/principal.js';
import { AccountThrottle } from '../../throttling/account/account-throttle.js';
import { isPasswordExpired, type User } from '../../users/user.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { InvalidCredentialsError } from '../login/login.errors.js';

/** What somebody wants to do with their own account. */
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
export class Reauthentication {
  private readonly logger = new Logger('Account');

  constructor(
    private readonly throttle: AccountThrottle,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditSink,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidCredentialsError if it is wrong, which is recorded; AccountThrottledError */
  async verify(
    wanted: OwnAction,
    password: string,
    user: Pick<User, 'passwordHash' | 'passwordExpiresAt'>,
  ): Promise<void> {
    const attempt = await this.throttle.begin({ kind: 'session', id: wanted.caller.sessionId });
    let matches: boolean;
    try {
      ({ matches } = await this.hasher.verify(password, user.passwordHash));
    } catch (error) {
      await attempt.giveBack();
      throw error;
    }
    if (!matches || isPasswordExpired(user, this.clock.now())) {
      await this.recordFailure(wanted);
      throw new InvalidCredentialsError('The password is wrong.');
    }
    await attempt.giveBack();
  }

  /** Nothing was changed, whether or not it can be written down. */
  private async recordFailure(wanted: OwnAction): Promise<void> {
    const details = { reason: 'wrong_credentials' };
    try {
      await this.audit.record({ ...eventOf(wanted), outcome: 'failure', details });
    } catch (error) {
      const why = withoutParameters((error as Error).message);
      this.logger.error(`A wrong password could not be recorded: ${why}`);
    }
  }
}

/** That it was done. */
export function eventOf({ type, caller, client }: OwnAction): AuditEvent {
  const { subject, sessionId } = caller;
  return { type, actor: { kind: 'user', id: subject }, subject, sessionId, client };
}
