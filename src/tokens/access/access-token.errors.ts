import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** Not a token of ours: why is not told. */
export class AccessTokenInvalidError extends LatchkeyError {
  constructor(options?: ErrorOptions, message = 'The access token is not valid.') {
    super('TOKEN_INVALID', message, options);
  }
}

/** It is genuine, and was sent as what it is not: bound to a key, or not bound (RFC 9449 section 7.2). */
export class AccessTokenBindingError extends AccessTokenInvalidError {
  constructor(isBound: boolean) {
    super(
      undefined,
      isBound
        ? 'The access token is bound to a key: send it as DPoP, with a proof.'
        : 'The access token is bound to no key: send it as Bearer.',
    );
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
