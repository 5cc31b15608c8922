import { LatchkeyError } from '../../common/errors/latchkey-error.js';

export class RefreshTokenInvalidError extends LatchkeyError {
  constructor() {
    super('REFRESH_TOKEN_INVALID', 'The refresh token is not valid.');
  }
}

export class RefreshTokenExpiredError extends LatchkeyError {
  constructor() {
    super('REFRESH_TOKEN_EXPIRED', 'The refresh token has expired; log in again.');
  }
}

export class RefreshTokenReusedError extends LatchkeyError {
  constructor() {
    super(
      'REFRESH_TOKEN_REUSED',
      'The refresh token was used before; its session has been ended, log in again.',
    );
  }
}

export class SessionEndedError extends LatchkeyError {
  constructor() {
    super('SESSION_ENDED', 'The session has ended; log in again.');
  }
}
