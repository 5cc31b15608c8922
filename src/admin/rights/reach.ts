import { InsufficientScopeError } from '../../access/access.errors.js';
import type { Principal } from '../../common/principal.js';
import { ADMIN_SCOPES, type Role } from '../../users/role.js';
import { ADMIN_ROLE, type User } from '../../users/user.js';

/** For administrators' accounts. */
const ADMINS_WRITE = 'admins:write';
const ADMINISTRATIVE: ReadonlySet<string> = new Set(ADMIN_SCOPES);

/** Whether it is one that administration asks for, and not one of an application's own. */
export function isAdministrative(scope: string): boolean {
  return ADMINISTRATIVE.has(scope);
}

/** @throws InsufficientScopeError unless the caller has all of them */
export function requireScopes({ scopes }: Principal, needed: readonly string[]): void {
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
  else requireScopes(caller, user.scopes.filter(isAdministrative));
}

/**
 * What may be given to others, or taken from them: the scopes that the caller has. Which scopes of its own an application gives to
 * whom is decided by administrators, who have none of those themselves.
 * @throws InsufficientScopeError
 */
export function requireNoMore(caller: Principal, scopes: readonly string[]): void {
  const decides = caller.scopes.includes(ADMINS_WRITE);
  requireScopes(
    caller,
    scopes.filter((scope) => !decides || isAdministrative(scope)),
  );
}

/**
 * Who may give a role to a user, or take it away: who has its scopes. Where it has none its name alone may open routes of an
 * application: who has the role, or is an administrator. To themselves callers give no scope that they have not.
 * @throws InsufficientScopeError
 */
export function requireAssignable(caller: Principal, { name, scopes }: Role, user: User): void {
  if (name === ADMIN_ROLE) requireScopes(caller, [ADMINS_WRITE]);
  if (user.id === caller.subject) requireScopes(caller, scopes);
  requireNoMore(caller, scopes);
  requireNamed(caller, { name, scopes });
}

/**
 * A role without scopes may open routes of an application by its name alone: it is changed, and who has it is taken over, only by
 * who has it too, or is an administrator.
 * @throws InsufficientScopeError
 */
export function requireNamed(caller: Principal, { name, scopes }: Pick<Role, 'name' | 'scopes'>): void {
  if (scopes.length === 0 && !caller.roles.includes(name)) requireScopes(caller, [ADMINS_WRITE]);
}
