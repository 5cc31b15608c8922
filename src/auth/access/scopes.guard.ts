import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
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
    if (!scopes.every((scope) => this.hasScope(user, scope))) throw new InsufficientScopeError(scopes);
    return true;
  }

  /** Whether the caller counts as one whose token has the scope. */
  protected hasScope(caller: Principal, scope: string): boolean {
    return caller.scopes.includes(scope);
  }
}
