import { Injectable } from '@nestjs/common';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { AccountThrottle, type ThrottleSubject } from '../../throttling/account/account-throttle.js';
import { emailKey } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { PasswordUncheckedError } from '../credentials/credential.errors.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';
import { LockoutNotice } from '../mails/lockout-notice.js';
import { ThrottleAudit } from '../audit/throttle-audit.js';

export interface LoginAttempt {
  readonly email: string;
  readonly client: ClientInfo;
  /** Of the device that shows that the account was logged in to on it. */
  readonly deviceId: string | undefined;
}

/**
 * Lets wrong passwords of one account wait longer and longer, whether it exists or not. A recognised device is counted
 * apart, so that no user is kept out of an account by what strangers do (OWASP, Device Cookies).
 */
@Injectable()
export class LoginAttempts {
  constructor(
    private readonly throttle: AccountThrottle,
    private readonly notice: LockoutNotice,
    private readonly waiting: ThrottleAudit,
    private readonly users: UsersRepository,
    private readonly identifiers: IdentifierHash,
  ) {}

  /** The account waits no longer. @param email in any case */
  async forget(email: string): Promise<void> {
    await this.throttle.forget({ kind: 'account', id: emailKey(email) });
  }

  /**
   * @param verify throws InvalidCredentialsError if the password is wrong, and PasswordUncheckedError if it may be, and only then
   * @throws AccountThrottledError without having called it
   */
  async run<T>({ email, client, deviceId }: LoginAttempt, verify: () => Promise<T>): Promise<T> {
    const guessed: ThrottleSubject =
      deviceId === undefined ? { kind: 'account', id: emailKey(email) } : { kind: 'device', id: deviceId };
    const attempt = await this.waiting.observe(this.throttle.begin(guessed), guessed, client, async () => {
      const user = await this.users.findByEmail(email);
      return this.identifiers.eventOf('login.failed', email, user, client, 'throttled');
    });
    try {
      const result = await verify();
      await attempt.refund();
      return result;
    } catch (error) {
      // What broke before the password was verified told the caller nothing.
      if (!(error instanceof InvalidCredentialsError || error instanceof PasswordUncheckedError)) {
        await attempt.refund();
        throw error;
      }
      await attempt.fail();
      if (attempt.throttling) this.notice.schedule(attempt, email, client);
      throw error;
    }
  }
}
