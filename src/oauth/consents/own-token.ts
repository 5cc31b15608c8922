import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { OWN_CLIENT, type Principal } from '../../common/principal.js';

/** 403 `INSUFFICIENT_SCOPE`: the token is one that a client was given. */
class ConsentByClientError extends LatchkeyError {
  constructor() {
    super(
      'INSUFFICIENT_SCOPE',
      'What clients may do is decided by users themselves: no token of a client does.',
    );
  }
}

/** @throws ConsentByClientError unless Latchkey itself issued the caller's token, to a user */
export function requireOwnToken({ clientId }: Principal): void {
  if (clientId !== OWN_CLIENT) throw new ConsentByClientError();
}
