import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** Not a token of ours: why is not told. */
export class AccessTokenInvalidError extends LatchkeyError {
  constructor(options?: ErrorOptions) {
    super('TOKEN_INVALID', 'The access token is not valid.', options);
  }
}

/** 401 `TOKEN_EXPIRED`: genuine, but its time is over. */
export class AccessTokenExpiredError extends LatchkeyError {
  constructor() {
    super('TOKEN_EXPIRED', 'The access token has expired.');
  }
}

/** 401 `TOKEN_REVOKED`: genuine, but its session, its subject or the token itself was revoked. */
export class AccessTokenRevokedError extends LatchkeyError {
  constructor() {
    super('TOKEN_REVOKED', 'The access token was revoked: refresh it, or log in again.');
  }
}
