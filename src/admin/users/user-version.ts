import { createHash } from 'node:crypto';
import type { AdminUserModel } from './admin-user.model.js';

/** For the OpenAPI document. */
export const VERSION_HEADER = {
  ETag: {
    description: 'Its version, for `If-Match`. Another one as soon as anything of the answer changes.',
    schema: { type: 'string' },
  },
} as const;

/** Names what is seen of a user: a strong entity tag (RFC 9110 section 8.8.3), another one as soon as any of it changes. */
export function versionOf(user: AdminUserModel): string {
  const hash = createHash('sha256').update(JSON.stringify(user)).digest('base64url');
  return `"${hash.slice(0, 22)}"`;
}
