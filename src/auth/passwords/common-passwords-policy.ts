import { Injectable } from '@nestjs/common';
import { PASSWORD_MIN_LENGTH, PasswordPolicy } from './password-policy.js';

/** At least eight characters and not one that everybody tries. No rules about which characters (NIST SP 800-63B). */
@Injectable()
export class CommonPasswordsPolicy extends PasswordPolicy {
  async reject(password: string): Promise<string | undefined> {
    // Characters as people count them, not UTF-16 units.
    if (Array.from(password).length < PASSWORD_MIN_LENGTH) {
      return `must have at least ${PASSWORD_MIN_LENGTH} characters`;
    }
    return (await isCommon(password)) ? 'is one of the most common passwords' : undefined;
  }
}

/** The 49,000 most common of eight characters or more (SecLists), in any case. Loaded when first asked. */
async function isCommon(password: string): Promise<boolean> {
  const { default: list } = await import('fxa-common-password-list');
  return list.test(password) || list.test(password.toLowerCase());
}
