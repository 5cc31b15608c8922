import { createHash } from 'node:crypto';
import { emailKey, type User } from '../../users/user.js';

/** What a reset is bound to: the password that it replaces, and the address that it was mailed to. */
export function resetBindingOf({ passwordHash, email }: User): string {
  return createHash('sha256')
    .update(`${passwordHash}\0${emailKey(email)}`)
    .digest('base64url');
}
