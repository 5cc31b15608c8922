import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '../common/nest.js';
import type { Principal } from '../common/principal.js';
import { AccessTokenMissingError, InsufficientScopeError } from './access.errors.js';
import { AccessRules } from './access-rules.js';
import { callerOf } from './transports/caller.js';
import { Transports } from './transports/transports.js';

/** Enforces `@Scopes()`: all of them are needed. */
@Injectable()
export class ScopesGuard implements CanActivate {
  constructor(
    protected readonly rules: AccessRules,
    protected readonly transports: Transports,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { scopes } = this.rules.of(context);
    if (scopes === undefined) return true;
    const caller = callerOf(context);
    if (!caller) throw this.transports.refusal(new AccessTokenMissingError(), context);
    if (!this.hasAll(caller, scopes))
      throw this.transports.refusal(new InsufficientScopeError(scopes), context);
    return true;
  }

  /** Whether the caller counts as one whose token has all of the scopes. */
  hasAll(caller: Principal, scopes: readonly string[]): boolean {
    return scopes.every((scope) => this.hasScope(caller, scope));
  }

  /** Whether the caller counts as one whose token has the scope. */
  protected hasScope(caller: Principal, scope: string): boolean {
    return caller.scopes.includes(scope);
  }
}
