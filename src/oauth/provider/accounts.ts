import { Injectable } from '@nestjs/common';
import type { Account } from 'oidc-provider';
import type { User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';

/** Users as OpenID Connect knows them: what ID tokens and userinfo say. */
@Injectable()
export class Accounts {
  constructor(private readonly users: UsersRepository) {}

  /** @returns undefined if there is no such user, or they are disabled */
  async find(id: string): Promise<Account | undefined> {
    const user = await this.users.findById(id);
    return user && !user.disabledAt ? accountOf(user) : undefined;
  }
}

export function accountOf(user: User): Account {
  return {
    accountId: user.id,
    claims: () => ({
      sub: user.id,
      ...(user.name !== null && { name: user.name }),
      updated_at: Math.floor(user.updatedAt.getTime() / 1000),
      email: user.email,
      email_verified: user.emailVerifiedAt !== null,
      roles: [...user.roles],
    }),
  };
}
