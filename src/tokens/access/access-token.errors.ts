import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** Not a token of ours: why is for nobody to know. */
export class AccessTokenInvalidError extends LatchkeyError {
  constructor(options?: ErrorOptions) {
    super('TOKEN_INVALID', 'The access token is not valid.', options);
  }
}

export class AccessTokenExpiredError extends LatchkeyError {
  constructor() {
    super('TOKEN_EXPIRED', 'The access token has expired.');
  }
}

export class AccessTokenRevokedError extends LatchkeyError {
  constructor() {
    super('TOKEN_REVOKED', 'The access token was revoked: refresh it, or log in again.');
  }
}
