import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** No policy asks for less; `PASSWORD_MIN_LENGTH` may ask for more. */
export const PASSWORD_MIN_LENGTH = 8;
/** Far above the 64 characters that must be allowed; a bound, so that no caller makes us hash megabytes. */
export const PASSWORD_MAX_LENGTH = 1024;

/** 400 `PASSWORD_REJECTED`: the policy refuses the new password; `errors` names the field and the reason. */
export class PasswordRejectedError extends LatchkeyError {
  /** @param field the body's field that holds the password */
  constructor(field: string, reason: string) {
    super('PASSWORD_REJECTED', `The password ${reason}.`, { fields: [{ field, message: reason }] });
  }
}

/** Whose password it is to be. */
export interface PasswordContext {
  readonly name?: string | null;
  readonly email?: string;
}

/** Which passwords a user may choose. Asked at registration and at every change. */
export abstract class PasswordPolicy {
  /**
   * @param context what an attacker would try first for this user
   * @returns why the password may not be chosen, to follow "The password …"; undefined if it may
   */
  abstract reject(password: string, context?: PasswordContext): Promise<string | undefined>;
}
