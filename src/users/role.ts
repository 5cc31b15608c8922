/** A role, and what it allows. */
export interface Role {
  readonly name: string;
  /** Of access tokens, in alphabetical order. */
  readonly scopes: readonly string[];
  /** For people; may be empty. */
  readonly description: string;
}

/** What the role `admin` allows: all that administration asks for. */
export const ADMIN_SCOPES = [
  'admins:write',
  'audit:read',
  'clients:read',
  'clients:write',
  'invitations:read',
  'invitations:write',
  'keys:read',
  'keys:write',
  'roles:read',
  'roles:write',
  'sessions:read',
  'sessions:write',
  'users:read',
  'users:write',
] as const;
