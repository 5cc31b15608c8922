import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** Wrong, used, expired, replaced, for something else, or of a subject who may not use it: the caller is told the same. */
export class OneTimeTokenInvalidError extends LatchkeyError {
  constructor() {
    super(
      'ONE_TIME_TOKEN_INVALID',
      'The link is not valid, has expired, or was used before: ask for a new one.',
    );
  }
}
