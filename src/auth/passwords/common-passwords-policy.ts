import { PasswordPolicy } from './password-policy.js';

/** Why it is refused. */
export const TOO_COMMON = 'is one of the most common passwords';

/** None of the 49,000 most common of eight characters or more (SecLists), in any case. */
export class CommonPasswordsPolicy extends PasswordPolicy {
  async reject(password: string): Promise<string | undefined> {
    // Loaded when first asked.
    const { default: list } = await import('fxa-common-password-list');
    const isCommon = list.test(password) || list.test(password.toLowerCase());
    return isCommon ? TOO_COMMON : undefined;
  }
}
