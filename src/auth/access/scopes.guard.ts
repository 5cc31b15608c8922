import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AccessTokenMissingError, InsufficientScopeError } from './access.errors.js';
import { AccessRules } from './access-rules.js';
import type { AuthenticatedRequest } from './authenticated-request.js';

/** Enforces `@Scopes()`: all of them are needed. */
@Injectable()
export class ScopesGuard implements CanActivate {
  constructor(protected readonly rules: AccessRules) {}

  canActivate(context: ExecutionContext): boolean {
    const { scopes } = this.rules.of(context);
    if (scopes === undefined) return true;
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!user) throw new AccessTokenMissingError();
    if (!scopes.every((scope) => user.scopes.includes(scope))) throw new InsufficientScopeError(scopes);
    return true;
  }
}
