import type { User } from '../../users/user.js';

/** The name that a mail may greet with: none at an address that is not proved, whose owner may be anyone. */
export function greetedName({
  name,
  emailVerifiedAt,
}: Pick<User, 'name' | 'emailVerifiedAt'>): string | null {
  return emailVerifiedAt === null ? null : name;
}
