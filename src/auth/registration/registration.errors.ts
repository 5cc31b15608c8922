import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** `REGISTRATION` lets no one in by themselves. */
export class RegistrationClosedError extends LatchkeyError {
  constructor(message = 'Registration is not open here.') {
    super('REGISTRATION_CLOSED', message);
  }
}
