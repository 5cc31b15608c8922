import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
import { RegistrationConfig } from '../../config/config.js';
import { UsersRepository } from '../../users/users.repository.js';
import { grantOf } from '../grants/grant-of.js';
import type { IdentifiedUser } from './credential-strategy.js';
import { checkNames, checkSubject } from './identified-caller.js';

/** Users who are known by a credential of their own, and not by a token. */
@Injectable()
export class KeyedUsers {
  constructor(
    private readonly users: UsersRepository,
    private readonly registration: RegistrationConfig,
  ) {}

  /**
   * What a token of the user would say now, or less.
   * @returns undefined for one who is disabled or gone
   */
  async find({
    user: id,
    scopes,
    roles,
  }: IdentifiedUser): Promise<Pick<Principal, 'subject' | 'roles' | 'scopes'> | undefined> {
    const wanted = scopes && checkNames(scopes);
    const wantedRoles = (roles && checkNames(roles)) ?? (wanted && []);
    const user = await this.users.findById(checkSubject(id));
    if (!user || user.disabledAt) return undefined;
    const grant = grantOf(user, this.registration.unverifiedScopes);
    // No less than that: what a key is narrowed to would leave nothing that says so.
    if (user.passwordChangeRequired) return { subject: user.id, ...grant };
    return {
      subject: user.id,
      roles: checkNames(wantedRoles ? grant.roles.filter((role) => wantedRoles.includes(role)) : grant.roles),
      scopes: checkNames(wanted ? grant.scopes.filter((scope) => wanted.includes(scope)) : grant.scopes),
    };
  }
}
