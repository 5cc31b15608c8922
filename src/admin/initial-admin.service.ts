import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { NotFoundError } from '../common/errors/latchkey-error.js';
import { AuthenticationConfig } from '../config/config.js';
import { ADMIN_ROLE, isPasswordExpired, type User } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';
import { type InitialAdmin, InitialAdminAccount } from './initial-admin-account.js';

const INITIAL_ADMIN_EMAIL = 'admin@latchkey.local';
/** 144 bits. */
const PASSWORD_BYTES = 18;

/** Puts the one-time password where it outlives the start. */
export interface InitialAdminKeeper {
  /** Before the account is made, or the password replaced: if it fails neither is. */
  prepare(admin: InitialAdmin): void;
  /** It is done. */
  keep(): void;
  /** It was not done, or by another process. */
  discard(): void;
}

/**
 * On the first start there is no default account: an administrator is made with a random one-time password. One that
 * is not used in its time opens nothing; the next start, or an operator, gives another.
 */
@Injectable()
export class InitialAdminService {
  constructor(
    private readonly users: UsersRepository,
    private readonly account: InitialAdminAccount,
    private readonly config: AuthenticationConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns what to tell the operator; undefined if there is an administrator who can log in or could, whichever process
   * made it
   */
  async ensure(keeper?: InitialAdminKeeper): Promise<InitialAdmin | undefined> {
    if (!(await this.users.someoneHasRole(ADMIN_ROLE)))
      return this.keep(keeper, (admin) => this.account.create(admin));
    const user = await this.findUnchanged();
    if (!user || !isPasswordExpired(user, this.clock.now())) return undefined;
    return this.keep(keeper, (admin) => this.account.replacePassword(user, admin, 'system'));
  }

  /**
   * Another one-time password, at an operator's wish.
   * @throws NotFoundError if the administrator has chosen one, or is gone
   */
  async renew(): Promise<InitialAdmin> {
    const user = await this.findUnchanged();
    const admin =
      user && (await this.keep(undefined, (next) => this.account.replacePassword(user, next, 'operator')));
    if (!admin) throw new NotFoundError('There is no initial administrator who has not chosen a password.');
    return admin;
  }

  /** Whether the one-time password has not been replaced by one that the administrator chose. */
  async isPasswordUnchanged(): Promise<boolean> {
    return (await this.findUnchanged()) !== undefined;
  }

  private async keep(
    keeper: InitialAdminKeeper | undefined,
    make: (admin: InitialAdmin) => Promise<boolean>,
  ): Promise<InitialAdmin | undefined> {
    const admin = {
      email: INITIAL_ADMIN_EMAIL,
      password: randomBytes(PASSWORD_BYTES).toString('base64url'),
      expiresAt: new Date(this.clock.now() + this.config.initialPasswordTtl),
    };
    keeper?.prepare(admin);
    let made = false;
    try {
      made = await make(admin);
    } finally {
      if (made) keeper?.keep();
      else keeper?.discard();
    }
    return made ? admin : undefined;
  }

  /** Who has had the one-time password and nothing else. */
  private async findUnchanged(): Promise<User | undefined> {
    const user = await this.users.findByEmail(INITIAL_ADMIN_EMAIL);
    const unchanged = user?.passwordChangeRequired && user.roles.includes(ADMIN_ROLE) && !user.disabledAt;
    return unchanged ? user : undefined;
  }
}
