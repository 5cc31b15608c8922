import { ADMIN_SCOPES } from '../users/role.js';
import { ADMIN_ROLE } from '../users/user.js';

/** Who looks at a page, as the access token in their cookie says. It is for what pages offer: what is done decides the API, which verifies it. */
export interface Viewer {
  /** Id of the user; empty: no token. */
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

const STRANGER: Viewer = { id: '', roles: [], scopes: [] };

/** @param token of the cookie; what is no token says nothing */
export function viewerOf(token: string | undefined): Viewer {
  try {
    const [, payload = ''] = (token ?? '').split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const { sub, roles, scope } = claims;
    return {
      id: String(sub),
      roles: Array.isArray(roles) ? roles.map(String) : [],
      scopes: typeof scope === 'string' ? scope.split(' ') : [],
    };
  } catch {
    return STRANGER;
  }
}

/** Whether they have a scope that the role `admin` needs not name. */
export function may({ roles, scopes }: Viewer, scope: string): boolean {
  return scopes.includes(scope) || roles.includes(ADMIN_ROLE);
}

/** Whether there is a page of administration for them. */
export function administers({ scopes }: Viewer): boolean {
  return ADMIN_SCOPES.some((scope) => scopes.includes(scope));
}
