import { Injectable } from '@nestjs/common';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { AccountThrottle } from '../../throttling/account/account-throttle.js';
import { emailKey, isPasswordExpired, type User } from '../../users/user.js';
import { Clock } from '../../common/clock.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';

/** What comes with a mailed token, to show that the account is the caller's. */
export interface ShownCredentials {
  /** Id of the user who is signed in. */
  readonly subject: string | undefined;
  readonly password: string | undefined;
}

/** 401 `CREDENTIALS_NEEDED`: the token is good, and stays so; who sends it has not shown that the account is theirs. */
class CredentialsNeededError extends LatchkeyError {
  constructor() {
    super(
      'CREDENTIALS_NEEDED',
      'Sign in to this account, or send its password with the token. If you have neither, reset the password.',
    );
  }
}

/**
 * For links that make an address the account's own: who reads the mail may be someone else than who holds the account, if
 * one of them registered the other's address or mistyped it. Neither is to confirm it for the other.
 */
@Injectable()
export class LinkProof {
  constructor(
    private readonly throttle: AccountThrottle,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
  ) {}

  /**
   * @param gone as of `PasswordHasher.verify`
   * @throws CredentialsNeededError
   * @throws InvalidCredentialsError if the password is wrong, which counts as at login; AccountThrottledError
   */
  async require(user: User, { subject, password }: ShownCredentials, gone?: AbortSignal): Promise<void> {
    if (subject === user.id) return;
    if (password === undefined) throw new CredentialsNeededError();
    const attempt = await this.throttle.begin({ kind: 'account', id: emailKey(user.email) });
    let matches: boolean;
    try {
      ({ matches } = await this.hasher.verify(password, user.passwordHash, gone));
    } catch (error) {
      await attempt.refund();
      throw error;
    }
    if (!matches || isPasswordExpired(user, this.clock.now())) {
      attempt.fail();
      throw new InvalidCredentialsError('The password is wrong.');
    }
    await attempt.refund();
  }
}
