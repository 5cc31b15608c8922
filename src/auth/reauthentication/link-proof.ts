import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { isPasswordExpired, type User } from '../../users/user.js';
import { LoginAttempts } from '../login/login-attempts.js';
import { KnownPassword } from '../credentials/known-password.js';
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
  private readonly logger = new Logger('Account');

  constructor(
    private readonly attempts: LoginAttempts,
    private readonly passwords: KnownPassword,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly clock: Clock,
  ) {}

  /**
   * A wrong password is counted, recorded and told to the owner as at login.
   * @throws CredentialsNeededError
   * @throws InvalidCredentialsError if the password is wrong; AccountThrottledError
   */
  async require(user: User, { subject, password }: ShownCredentials, client: ClientInfo): Promise<void> {
    if (subject === user.id) return;
    if (password === undefined) throw new CredentialsNeededError();
    const attempt = { email: user.email, client, deviceId: undefined };
    await this.attempts.run(attempt, () => this.check(user, password, client));
  }

  private async check(user: User, password: string, client: ClientInfo): Promise<void> {
    const matches = await this.passwords.isOf(user, password, client);
    if (matches && !isPasswordExpired(user, this.clock.now())) return;
    const reason = matches ? 'password_expired' : 'wrong_credentials';
    const event = this.identifiers.eventOf('login.failed', user.email, user, client, reason);
    const complaint = 'A wrong password could not be recorded';
    await logFailure(this.logger, complaint, () => this.audit.record(event), client);
    throw new InvalidCredentialsError('The password is wrong.');
  }
}
