import { LatchkeyError } from './latchkey-error.js';

/** 428 `PRECONDITION_REQUIRED` (RFC 6585 section 3). */
export class PreconditionRequiredError extends LatchkeyError {
  constructor() {
    super('PRECONDITION_REQUIRED', 'Send the ETag of what you have seen as If-Match.');
  }
}

/** 412 `PRECONDITION_FAILED`: what is sent as `If-Match` is none, and so no version (RFC 9110 section 13.1.1). */
export class PreconditionMalformedError extends LatchkeyError {
  constructor() {
    super('PRECONDITION_FAILED', 'If-Match must be * or entity tags in double quotes, as ETag has them.');
  }
}

/** 412 `PRECONDITION_FAILED` (RFC 9110 section 13.1.1). */
export class PreconditionFailedError extends LatchkeyError {
  constructor() {
    super('PRECONDITION_FAILED', 'It was changed since you saw it: look at it again.');
  }
}
