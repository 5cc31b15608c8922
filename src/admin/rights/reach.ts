import { InsufficientScopeError } from '../../access/access.errors.js';
import type { Principal } from '../../common/principal.js';
import { ADMIN_SCOPES } from '../../users/role.js';
import { ADMIN_ROLE, type User } from '../../users/user.js';

/** For administrators' accounts. */
const ADMINS_WRITE = 'admins:write';
const ADMINISTRATIVE: ReadonlySet<string> = new Set(ADMIN_SCOPES);

/** @throws InsufficientScopeError unless the caller has all of them */
function requireScopes({ scopes }: Principal, needed: readonly string[]): void {
  const missing = needed.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) throw new InsufficientScopeError(missing);
}

/**
 * An account that administers is changed only by who has what it has: administrators' by `admins:write`.
 * @throws InsufficientScopeError
 */
export function requireReach(caller: Principal, user: User): void {
  if (user.id === caller.subject) return;
  if (user.roles.includes(ADMIN_ROLE)) requireScopes(caller, [ADMINS_WRITE]);
  else
    requireScopes(
      caller,
      user.scopes.filter((scope) => ADMINISTRATIVE.has(scope)),
    );
}
