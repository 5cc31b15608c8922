import { Injectable } from '@nestjs/common';
import type { User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { CallerAccount, requireActive } from '../reauthentication/caller-account.js';

/** What users see of their own account, and how they are called. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly account: CallerAccount,
    private readonly users: UsersRepository,
  ) {}

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async find(id: string): Promise<User> {
    return this.account.find(id);
  }

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async rename(id: string, name: string | null): Promise<User> {
    await this.account.find(id);
    return requireActive(await this.users.rename(id, name));
  }
}
