import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
import { AccessTokenMissingError, InsufficientRoleError } from './access.errors.js';
import { AccessRules } from './access-rules.js';
import type { AuthenticatedRequest } from './authenticated-request.js';

/** Enforces `@Roles()`: one of them is enough. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(protected readonly rules: AccessRules) {}

  canActivate(context: ExecutionContext): boolean {
    const { roles } = this.rules.of(context);
    if (roles === undefined) return true;
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!user) throw new AccessTokenMissingError();
    if (!roles.some((role) => this.hasRole(user, role))) throw new InsufficientRoleError(roles);
    return true;
  }

  /** Whether the caller counts as one who has the role. */
  protected hasRole(caller: Principal, role: string): boolean {
    return caller.roles.includes(role);
  }
}
