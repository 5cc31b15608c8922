import type { AccessGrant } from '../../tokens/access/access-token-issuer.js';
import { ADMIN_ROLE, type User } from '../../users/user.js';
import { PASSWORD_CHANGE_SCOPE } from '../../access/password-change-scope.js';

/**
 * What a user may do now.
 * @param unverifiedScopes all that those have who have not proved their address; administrators have what they need
 */
export function grantOf(user: User, unverifiedScopes: readonly string[] | undefined): AccessGrant {
  const { roles, scopes } = user;
  if (user.passwordChangeRequired) return { roles: [], scopes: [PASSWORD_CHANGE_SCOPE] };
  if (!unverifiedScopes || user.emailVerifiedAt || roles.includes(ADMIN_ROLE)) return { roles, scopes };
  return { roles: [], scopes: scopes.filter((scope) => unverifiedScopes.includes(scope)) };
}
