import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import type { User } from '../../users/user.js';
import { UnknownRoleError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { existing, existingUser } from '../no-such-user.js';
import { RoleAssignments } from '../users/role-assignments.js';

/** All roles of a user at once, as operators set them. */
@Injectable()
export class UserRolesService {
  constructor(
    private readonly users: UsersRepository,
    private readonly assignments: RoleAssignments,
    private readonly revocations: RevocationService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * The user has these roles then, and no others. Access tokens of before die; the next refresh brings one with the new ones.
   * @returns the user as they are then
   * @throws NotFoundError, UnknownRoleError, LastAdministratorError, NotSupportedError
   */
  async set(email: string, roles: readonly string[]): Promise<User> {
    const { id } = existing(await this.users.findByEmail(email));
    const changed = await this.unitOfWork.run(async (transaction) => {
      const names = (await this.users.findRoles(transaction)).map(({ name }) => name);
      if (roles.some((role) => !names.includes(role))) throw new UnknownRoleError();
      const user = existingUser(await this.users.hold(id, names, transaction));
      await this.assignments.assign(user, roles, undefined, transaction);
      return existingUser(await this.users.findWithin(id, transaction));
    });
    await this.revocations.revokeSubject(id);
    return changed;
  }
}
