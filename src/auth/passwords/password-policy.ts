import { LatchkeyError } from '../../common/errors/latchkey-error.js';

export const PASSWORD_MIN_LENGTH = 8;
/** Far above the 64 characters that must be allowed; a bound, so that nobody makes us hash megabytes. */
export const PASSWORD_MAX_LENGTH = 1024;

export class PasswordRejectedError extends LatchkeyError {
  /** @param field the body's field that holds the password */
  constructor(field: string, reason: string) {
    super('PASSWORD_REJECTED', `The password ${reason}.`, { fields: [{ field, message: reason }] });
  }
}

/** Which passwords a user may choose. Asked at registration and at every change. */
export abstract class PasswordPolicy {
  /** @returns why the password may not be chosen, to follow "The password …"; undefined if it may */
  abstract reject(password: string): Promise<string | undefined>;
}
