import { LatchkeyError, UnavailableError } from '../../common/errors/latchkey-error.js';

/** 401 `CREDENTIAL_INVALID`: unknown, expired, withdrawn, or of a user who may not log in: the caller is told the same. */
export class CredentialInvalidError extends LatchkeyError {
  constructor() {
    super('CREDENTIAL_INVALID', 'The credential that was sent is not good.');
  }
}

/** 403 `LOGIN_DENIED`: the password of an account that is kept elsewhere was right, and there is no user for it. */
export class AccountNotLinkedError extends LatchkeyError {
  /** @param reason `ACCOUNT_NOT_LINKED`: another account has the address, and was not made for this one */
  constructor(reason: 'ACCOUNT_NOT_LINKED' | 'NO_ACCOUNT') {
    const message =
      reason === 'NO_ACCOUNT'
        ? 'There is no account for you here.'
        : 'Another account has your address: log in to it as before, or ask an administrator.';
    super('LOGIN_DENIED', message, { extensions: { reason } });
  }
}

/** 409 `NO_LOCAL_PASSWORD`: the password of the account is kept elsewhere. */
export class NoLocalPasswordError extends LatchkeyError {
  constructor() {
    super('NO_LOCAL_PASSWORD', 'The password of this account is kept elsewhere: change it there.');
  }
}

/** 503: whether the password is right could not be said of every account. Counted as one that was wrong. */
export class PasswordUncheckedError extends UnavailableError {
  constructor() {
    super('The password cannot be checked right now.');
  }
}
