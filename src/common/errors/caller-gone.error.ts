import { LatchkeyError } from './latchkey-error.js';

/** The connection was closed before the answer: what was asked for is not done, and no one reads this. */
export class CallerGoneError extends LatchkeyError {
  constructor() {
    super('REQUEST_TIMEOUT', 'The connection was closed before the answer.');
  }
}
