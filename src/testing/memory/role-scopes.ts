import type { User } from '../../users/user.js';
import { ADMIN_SCOPES } from '../../users/role.js';
import { UnknownRoleError } from '../../users/users.errors.js';

/** The scopes of each role that there is. */
export type ScopesByRole = Readonly<Record<string, readonly string[]>>;

/** As the migrations have them. */
export const SHIPPED_ROLES: ScopesByRole = {
  user: ['profile:read', 'profile:write'],
  admin: ADMIN_SCOPES,
};

/** Roles, and what they allow. */
export class RoleScopes {
  constructor(private readonly roles: ScopesByRole) {}

  /** @throws UnknownRoleError */
  require(role: string): readonly string[] {
    const scopes = Object.hasOwn(this.roles, role) ? this.roles[role] : undefined;
    if (!scopes) throw new UnknownRoleError();
    return scopes;
  }

  /** What a user with these roles has. @throws UnknownRoleError */
  grant(roles: readonly string[]): Pick<User, 'roles' | 'scopes'> {
    const scopes = new Set(roles.flatMap((role) => this.require(role)));
    return { roles: roles.toSorted(), scopes: [...scopes].toSorted() };
  }
}
