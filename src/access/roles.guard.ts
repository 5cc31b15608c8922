import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '../common/nest.js';
import type { Principal } from '../common/principal.js';
import { AccessTokenMissingError, InsufficientRoleError, InsufficientScopeError } from './access.errors.js';
import { AccessRules } from './access-rules.js';
import { callerOf } from './transports/caller.js';
import { Transports } from './transports/transports.js';

/** Enforces `@Roles()`: one of them is enough. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(
    protected readonly rules: AccessRules,
    protected readonly transports: Transports,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { roles, scopesForRoles } = this.rules.of(context);
    if (roles === undefined) return true;
    const caller = callerOf(context);
    if (!caller) throw this.transports.refusal(new AccessTokenMissingError(), context);
    if (this.hasOne(caller, roles)) return true;
    if (!scopesForRoles) throw this.transports.refusal(new InsufficientRoleError(roles), context);
    if (scopesForRoles.every((scope) => caller.scopes.includes(scope))) return true;
    throw this.transports.refusal(new InsufficientScopeError(scopesForRoles), context);
  }

  /** Whether the caller counts as one who has one of the roles. */
  hasOne(caller: Principal, roles: readonly string[]): boolean {
    return roles.some((role) => this.hasRole(caller, role));
  }

  /** Whether the caller counts as one who has the role. */
  protected hasRole(caller: Principal, role: string): boolean {
    return caller.roles.includes(role);
  }
}
