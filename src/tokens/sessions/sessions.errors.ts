import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** 401 `REFRESH_TOKEN_INVALID`: not one of ours, or of another secret. */
export class RefreshTokenInvalidError extends LatchkeyError {
  constructor() {
    super('REFRESH_TOKEN_INVALID', 'The refresh token is not valid.');
  }
}

/** 401 `REFRESH_TOKEN_EXPIRED`: the session was not used for too long, or is too old. */
export class RefreshTokenExpiredError extends LatchkeyError {
  constructor() {
    super('REFRESH_TOKEN_EXPIRED', 'The refresh token has expired; log in again.');
  }
}

/** 401 `REFRESH_TOKEN_REUSED`: thrown after the session has been ended, durably (RFC 9700 section 4.14.2). */
export class RefreshTokenReusedError extends LatchkeyError {
  constructor() {
    super(
      'REFRESH_TOKEN_REUSED',
      'The refresh token was used before; its session has been ended, log in again.',
    );
  }
}

/** 401 `SESSION_ENDED`: the session was ended before. */
export class SessionEndedError extends LatchkeyError {
  constructor() {
    super('SESSION_ENDED', 'The session has ended; log in again.');
  }
}
