import { PasswordPolicy } from './password-policy.js';

/** Why it is refused, with the least number of characters. */
export const TOO_SHORT = /^must have at least (\d+) characters$/;

/** Long enough. No rules about which characters (NIST SP 800-63B-4 section 3.1.1.2). */
export class LengthPolicy extends PasswordPolicy {
  constructor(private readonly minLength: number) {
    super();
  }

  reject(password: string): Promise<string | undefined> {
    // Characters as people count them, not UTF-16 units.
    const isLongEnough = Array.from(password).length >= this.minLength;
    return Promise.resolve(isLongEnough ? undefined : `must have at least ${this.minLength} characters`);
  }
}
