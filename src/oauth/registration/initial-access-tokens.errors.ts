import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** 404 `NOT_FOUND`: there is no initial access token of this id. */
export class UnknownInitialAccessTokenError extends LatchkeyError {
  constructor() {
    super('NOT_FOUND', 'There is no such initial access token.');
  }
}

/** An initial access token is not known, has expired, or was used as often as it may be. */
export class InitialAccessTokenSpentError extends Error {
  constructor() {
    super('initial access token not found');
    this.name = 'InitialAccessTokenSpentError';
  }
}
