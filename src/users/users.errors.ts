import { LatchkeyError } from '../common/errors/latchkey-error.js';

/** 409 `EMAIL_TAKEN`. */
export class EmailTakenError extends LatchkeyError {
  constructor() {
    super('EMAIL_TAKEN', 'An account with this e-mail address exists already.');
  }
}

/** Users share a value of a field that is to be unique. */
export class AttributeNotUniqueError extends Error {
  /** @param field its name */
  constructor(readonly field: string) {
    super(`Users share values of ${field}, which is to be unique.`);
    this.name = 'AttributeNotUniqueError';
  }
}

/** A team's own fields cannot be kept where they are to be. */
export class UserFieldsUnusableError extends Error {
  /** @param problems a line each */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'UserFieldsUnusableError';
  }
}

/** 409 `FIELD_TAKEN`: another user has the value of a field that is unique. */
export class FieldTakenError extends LatchkeyError {
  /** @param field its name */
  constructor(readonly field: string) {
    super('FIELD_TAKEN', 'Another account has this value.', {
      fields: [{ field, message: `${field} is taken` }],
    });
  }
}

/** 400 `VALIDATION_FAILED`: what is wrong with fields. */
export class InvalidFieldsError extends LatchkeyError {
  /** @param fields why each is refused */
  constructor(fields: readonly { readonly field: string; readonly message: string }[]) {
    super('VALIDATION_FAILED', 'The request holds fields that are missing or not valid.', { fields });
  }
}

/** 403 `ACCOUNT_DISABLED`: told only to a caller who has shown the password. */
export class AccountDisabledError extends LatchkeyError {
  constructor() {
    super('ACCOUNT_DISABLED', 'This account is disabled.');
  }
}

/** 404 `NOT_FOUND`: there is no role of this name. */
export class UnknownRoleError extends LatchkeyError {
  constructor() {
    super('NOT_FOUND', 'There is no such role.');
  }
}

/** 409 `LAST_ADMINISTRATOR`: without another, no account could manage the others. */
export class LastAdministratorError extends LatchkeyError {
  constructor() {
    super('LAST_ADMINISTRATOR', 'This is the last administrator: make someone else one first.');
  }
}

/** 409 `ROLE_TAKEN`. */
export class RoleTakenError extends LatchkeyError {
  constructor() {
    super('ROLE_TAKEN', 'There is a role of this name already.');
  }
}

/** 409 `ROLE_IN_USE`. */
export class RoleInUseError extends LatchkeyError {
  constructor() {
    super('ROLE_IN_USE', 'Users have this role: take it from them first.');
  }
}

/** 409 `ROLE_PROTECTED`: of a role that Latchkey itself needs. */
export class RoleProtectedError extends LatchkeyError {
  constructor() {
    super('ROLE_PROTECTED', 'This role cannot be changed so.');
  }
}
