import { Injectable } from '@nestjs/common';
import { AccessTokenInvalidError } from '../../tokens/access/access-token.errors.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { type OwnAction, PasswordConfirmation } from './password-confirmation.js';

/** The account of who is calling. */
@Injectable()
export class CallerAccount {
  constructor(
    private readonly users: UsersRepository,
    private readonly reauthentication: PasswordConfirmation,
  ) {}

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async find(id: string): Promise<User> {
    return requireActive(await this.users.findById(id));
  }

  /**
   * For what a stolen access token must not be enough.
   * @throws InvalidCredentialsError if the password is wrong; AccountThrottledError; and what `find` throws
   */
  async findWithPassword(wanted: OwnAction, password: string): Promise<User> {
    const user = await this.find(wanted.caller.subject);
    await this.reauthentication.verify(wanted, password, user);
    return user;
  }
}

/** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
export function requireActive(user: User | undefined): User {
  if (!user) throw new AccessTokenInvalidError();
  if (user.disabledAt) throw new AccountDisabledError();
  return user;
}
