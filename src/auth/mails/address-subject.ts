import { emailKey } from '../../users/user.js';

/** Of one-time tokens for a person who has no account yet. */
export function addressSubject(email: string): string {
  return `address:${emailKey(email)}`;
}
