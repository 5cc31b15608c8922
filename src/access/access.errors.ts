import { LatchkeyError } from '../common/errors/latchkey-error.js';

export class AccessTokenMissingError extends LatchkeyError {
  /** @param offersDpop whether one that is bound to a key would do, too */
  constructor(offersDpop = false) {
    super('TOKEN_MISSING', 'Send an access token in the Authorization header: Bearer <token>.', {
      offersDpop,
    });
  }
}

/** 401 `TOKEN_INVALID`: which of them counts is not for us to choose. */
export class SeveralAuthorizationsError extends LatchkeyError {
  constructor() {
    super('TOKEN_INVALID', 'Send one Authorization header, not several.');
  }
}

export class InsufficientRoleError extends LatchkeyError {
  constructor(roles: readonly string[]) {
    super('INSUFFICIENT_ROLE', `This needs the role ${roles.join(' or ')}.`);
  }
}

export class InsufficientScopeError extends LatchkeyError {
  constructor(scopes: readonly string[]) {
    super('INSUFFICIENT_SCOPE', `This needs the scope ${scopes.join(' and ')}.`);
  }
}

/** 403 `USER_REQUIRED`: the token is an OAuth client's own, and no user's. */
export class UserRequiredError extends LatchkeyError {
  constructor() {
    super('USER_REQUIRED', 'This is for users: an OAuth client by itself may not do it.');
  }
}

export class PasswordChangeRequiredError extends LatchkeyError {
  constructor() {
    super('INSUFFICIENT_SCOPE', 'Your password must be changed first; then log in again.');
  }
}
