import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SCOPES_KEY } from './access.decorators.js';
import { AccessTokenMissingError, InsufficientScopeError } from './access.errors.js';
import type { AuthenticatedRequest } from './authenticated-request.js';

/** Enforces `@Scopes()`: all of them are needed. */
@Injectable()
export class ScopesGuard implements CanActivate {
  constructor(protected readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const scopes = this.reflector.getAllAndOverride<string[] | undefined>(SCOPES_KEY, targets);
    if (scopes === undefined) return true;
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!user) throw new AccessTokenMissingError();
    if (!scopes.every((scope) => user.scopes.includes(scope))) throw new InsufficientScopeError(scopes);
    return true;
  }
}
