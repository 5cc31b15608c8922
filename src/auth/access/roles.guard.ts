import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ROLES_KEY } from './access.decorators.js';
import { AccessTokenMissingError, InsufficientRoleError } from './access.errors.js';
import type { AuthenticatedRequest } from './authenticated-request.js';

/** Enforces `@Roles()`: one of them is enough. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(protected readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const roles = this.reflector.getAllAndOverride<string[] | undefined>(ROLES_KEY, targets);
    if (roles === undefined) return true;
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!user) throw new AccessTokenMissingError();
    if (!roles.some((role) => user.roles.includes(role))) throw new InsufficientRoleError(roles);
    return true;
  }
}
