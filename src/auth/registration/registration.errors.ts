import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** `REGISTRATION` lets no one in by themselves. */
export class RegistrationClosedError extends LatchkeyError {
  constructor(message = 'Nobody can register here by themselves.') {
    super('REGISTRATION_CLOSED', message);
  }
}
