import { randomUUID } from 'node:crypto';
import { ADMIN_SCOPES } from '../../../users/role.js';
import type { NewUser } from '../../../users/user.js';

export const USER_SCOPES = ['profile:read', 'profile:write'];
/** Of both roles. */
export const ALL_SCOPES = [...ADMIN_SCOPES, ...USER_SCOPES].toSorted();

export function newUser(fields: Partial<NewUser> = {}): NewUser {
  return {
    name: null,
    email: `${randomUUID()}@example.com`,
    passwordHash: 'hash',
    roles: ['user'],
    ...fields,
  };
}

export function replacement(passwordHash: string): { passwordHash: string; passwordChangeRequired: boolean } {
  return { passwordHash, passwordChangeRequired: false };
}

/** The text with the letters in upper case whose bits are set in `mask`. */
export function inCase(text: string, mask: number): string {
  return text.replaceAll(/./g, (letter, index: number) => {
    return (mask >> (index % 5)) & 1 ? letter.toUpperCase() : letter;
  });
}
