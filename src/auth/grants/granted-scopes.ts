import { PASSWORD_CHANGE_SCOPE } from '../../access/password-change-scope.js';
import type { AccessGrant } from '../../tokens/access/access-token-issuer.js';

/** Scopes that no role gives: a client may be allowed them, and people give them to it. */
export const STANDARD_SCOPES = ['openid', 'profile', 'email', 'offline_access', 'roles', 'account'] as const;

/** With it, a client's token says the user's roles. */
const ROLES_SCOPE = 'roles';

const STANDARD: ReadonlySet<string> = new Set(STANDARD_SCOPES);

/**
 * What a client may do for a user now: what it was granted, as far as the user may do it.
 * @param granted of the session; null: it is one of Latchkey's own, and may do all
 */
export function limitedTo(granted: readonly string[] | null, may: AccessGrant): AccessGrant {
  if (granted === null || may.scopes.includes(PASSWORD_CHANGE_SCOPE)) return may;
  return {
    roles: granted.includes(ROLES_SCOPE) ? may.roles : [],
    scopes: granted.filter((scope) => STANDARD.has(scope) || may.scopes.includes(scope)),
  };
}
