import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
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
    if (!roles.some((role) => user.roles.includes(role))) throw new InsufficientRoleError(roles);
    return true;
  }
}
