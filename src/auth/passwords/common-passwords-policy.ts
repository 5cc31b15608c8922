import { Injectable } from '@nestjs/common';
import { PASSWORD_MIN_LENGTH, PasswordPolicy } from './password-policy.js';

/** At least eight characters and not one that everybody tries. No rules about which characters (NIST SP 800-63B). */
@Injectable()
export class CommonPasswordsPolicy extends PasswordPolicy {
  private common: Promise<ReadonlySet<string>> | undefined;

  async reject(password: string): Promise<string | undefined> {
    // Characters as people count them, not UTF-16 units.
    if (Array.from(password).length < PASSWORD_MIN_LENGTH)
      return `must have at least ${PASSWORD_MIN_LENGTH} characters`;
    this.common ??= loadCommonPasswords();
    return (await this.common).has(password.toLowerCase())
      ? 'is one of the most common passwords'
      : undefined;
  }
}

/** Some 49,000 passwords in order of frequency; those that are too short anyway are left out. Loaded when first asked. */
async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const passwords = dictionary['passwords-common'];
  return new Set(passwords.filter((password) => password.length >= PASSWORD_MIN_LENGTH));
}
