import { LatchkeyError } from '../../common/errors/latchkey-error.js';

export class InvalidCredentialsError extends LatchkeyError {
  constructor(message = 'The e-mail address or the password is wrong.') {
    super('INVALID_CREDENTIALS', message);
  }
}
