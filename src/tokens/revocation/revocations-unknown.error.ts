import { UnavailableError } from '../../common/errors/latchkey-error.js';

/** 503 `UNAVAILABLE`: what is known of revoked tokens is too old to trust. The log says when that begins and when it is over. */
export class RevocationsUnknownError extends UnavailableError {
  constructor() {
    super('It cannot be known right now which tokens are revoked.', { told: true });
  }
}
