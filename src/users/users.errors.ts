import { LatchkeyError } from '../common/errors/latchkey-error.js';

export class EmailTakenError extends LatchkeyError {
  constructor() {
    super('EMAIL_TAKEN', 'An account with this e-mail address exists already.');
  }
}

export class AccountDisabledError extends LatchkeyError {
  constructor() {
    super('ACCOUNT_DISABLED', 'This account is disabled.');
  }
}
