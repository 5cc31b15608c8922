import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import type { AdministeringCaller } from './caller.js';

/** What a caller may do in the moment of the change, and not when the token was verified. */
@Injectable()
export class PresentRights {
  constructor(private readonly users: UsersRepository) {}

  /**
   * The caller with those scopes and roles of the token that the user still has: of two administrators who take the role from each
   * other at once, the second has none. A caller of a `CredentialStrategy` has what that says.
   * @param transaction which holds what is to be changed
   */
  async of(caller: AdministeringCaller, transaction: Transaction): Promise<AdministeringCaller> {
    const { principal } = caller;
    if (principal.credential !== undefined) return caller;
    const user = await this.users.findWithin(principal.subject, transaction);
    const { scopes, roles } = user && user.disabledAt === null ? user : NOTHING;
    return {
      ...caller,
      principal: {
        ...principal,
        scopes: principal.scopes.filter((scope) => scopes.includes(scope)),
        roles: principal.roles.filter((role) => roles.includes(role)),
      },
    };
  }
}

const NOTHING: Pick<User, 'scopes' | 'roles'> = { scopes: [], roles: [] };
