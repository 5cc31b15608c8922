import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { isPasswordExpired, type User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';

/** Whether e-mail address and password are those of an account that may log in. */
@Injectable()
export class CredentialCheckService {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly clock: Clock,
  ) {}

  /**
   * Until the password is right, an unknown address, a wrong password and a disabled account are indistinguishable,
   * time included: each is recorded in the same way.
   * @throws InvalidCredentialsError
   * @throws AccountDisabledError only to a caller who knows the password
   */
  async check(email: string, password: string, client: ClientInfo): Promise<User> {
    const user = await this.users.findByEmail(email);
    const { matches, outdated } = await this.hasher.verify(password, user?.passwordHash ?? null, client.gone);
    if (!user || !matches) {
      await this.recordFailure(email, user, 'wrong_credentials', client);
      throw new InvalidCredentialsError();
    }
    // Written down as any other: a reader of the log learns not even that it was one.
    if (isPasswordExpired(user, this.clock.now())) {
      await this.recordFailure(email, user, 'password_expired', client);
      throw new InvalidCredentialsError();
    }
    if (user.disabledAt) {
      await this.recordFailure(email, user, 'account_disabled', client);
      throw new AccountDisabledError();
    }
    return outdated ? this.upgrade(user, password) : user;
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

  private async upgrade(user: User, password: string): Promise<User> {
    let passwordHash: string;
    try {
      passwordHash = await this.hasher.hash(password);
    } catch (error) {
      // The password is right, and the old hash still serves.
      this.logger.warn(`A password hash could not be upgraded: ${(error as Error).message}`);
      return user;
    }
    const upgraded = await this.passwords.upgradePasswordHash(user, passwordHash);
    // The password was changed since it was checked.
    if (!upgraded) throw new InvalidCredentialsError();
    return { ...user, passwordHash };
  }
}
