import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { isPasswordExpired, type User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { PasswordUncheckedError } from '../credentials/credential.errors.js';
import { type ExternalLogin, ExternalLogins } from '../credentials/external-logins.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';
import { LocalPasswords } from './local-passwords.js';

/** Whose credential was right, and which. */
interface CheckedCredential {
  readonly user: User;
  /** `password`, or the name of a strategy of a team's own. */
  readonly credential: string;
}

/** Whether e-mail address and password are those of an account that may log in. */
@Injectable()
export class CredentialCheckService {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: LocalPasswords,
    private readonly external: ExternalLogins,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly clock: Clock,
  ) {}

  /**
   * Until the password is right, an unknown address, a wrong password and a disabled account are indistinguishable,
   * time included: each is recorded in the same way.
   * @throws InvalidCredentialsError; PasswordUncheckedError in its place while a strategy cannot say
   * @throws AccountDisabledError, AccountNotLinkedError only to a caller who knows the password
   */
  async check(email: string, password: string, client: ClientInfo): Promise<CheckedCredential> {
    const external = await this.external.check(email, password, client);
    if (external.outcome === 'accept') return this.enabled(external, email, client);
    const user = await this.users.findByEmail(email);
    // What a strategy rejects takes the time of what it does not know, and is not looked for here.
    const rejected = external.outcome === 'reject';
    const { matches, outdated } = await this.passwords.verify(rejected ? undefined : user, password, client);
    if (!user || !matches) throw await this.refused(external, email, user, client);
    // Written down as any other: a reader of the log learns not even that it was one.
    if (isPasswordExpired(user, this.clock.now())) {
      await this.recordFailure(email, user, 'password_expired', client);
      throw new InvalidCredentialsError();
    }
    const checked = await this.enabled({ user, credential: 'password' }, email, client);
    return outdated ? { ...checked, user: await this.passwords.upgrade(user, password) } : checked;
  }

  private async enabled(
    { user, credential }: CheckedCredential,
    email: string,
    client: ClientInfo,
  ): Promise<CheckedCredential> {
    if (!user.disabledAt) return { user, credential };
    await this.recordFailure(email, user, 'account_disabled', client);
    throw new AccountDisabledError();
  }

  private async refused(
    { outcome }: ExternalLogin,
    email: string,
    user: User | undefined,
    client: ClientInfo,
  ): Promise<Error> {
    const isUnchecked = outcome === 'unavailable';
    await this.recordFailure(email, user, isUnchecked ? 'strategy_unavailable' : 'wrong_credentials', client);
    return isUnchecked ? new PasswordUncheckedError() : new InvalidCredentialsError();
  }

  /** No one is let in, whether or not it can be written down. */
  private async recordFailure(
    email: string,
    user: User | undefined,
    reason: string,
    client: ClientInfo,
  ): Promise<void> {
    const event = this.identifiers.eventOf('login.failed', email, user, client, reason);
    await logFailure(
      this.logger,
      'A failed login could not be recorded',
      () => this.audit.record(event),
      client,
    );
  }
}
