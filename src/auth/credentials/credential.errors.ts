import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** 401 `CREDENTIAL_INVALID`: unknown, expired, withdrawn, or of a user who may not log in: the caller is told the same. */
export class CredentialInvalidError extends LatchkeyError {
  constructor() {
    super('CREDENTIAL_INVALID', 'The credential that was sent is not good.');
  }
}
