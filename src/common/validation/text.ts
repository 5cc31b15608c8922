import { buildMessage, isEmail, ValidateBy, type ValidationOptions } from 'class-validator';

/** RFC 5321 section 4.5.3.1.3: 256 octets for a path, less its angle brackets. */
export const EMAIL_MAX_LENGTH = 254;
export const NAME_MAX_LENGTH = 100;

const CONTROL_CHARACTER = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Whether a string is Unicode text: no lone surrogate, which UTF-8 cannot hold, so that two different ones would be
 * stored or hashed as the same.
 */
export function isWellFormed(value: string): boolean {
  return !LONE_SURROGATE.test(value);
}

/** Unicode text without control characters (NUL included, which Postgres cannot store). */
export function isPlainText(value: string): boolean {
  return isWellFormed(value) && !CONTROL_CHARACTER.test(value);
}

/** Counts characters as JSON Schema does (RFC 8259 characters), not UTF-16 units. */
function isAtMost(value: string, maxLength: number): boolean {
  return (
    value.length <= maxLength || (value.length <= 2 * maxLength && Array.from(value).length <= maxLength)
  );
}

/** A one-line name for people: 1 to 100 characters, not only white space. */
export function IsPersonName(options?: ValidationOptions): PropertyDecorator {
  return textRule('isPersonName', `a text of 1 to ${NAME_MAX_LENGTH} characters`, options, (value) => {
    return isAtMost(value, NAME_MAX_LENGTH) && value.trim().length > 0 && isPlainText(value);
  });
}

/** What OpenAPI's `email` format means: ASCII (domains in Punycode), no quoted local part (RFC 5321 advises against it). */
function isPlainEmail(value: string): boolean {
  return /^[!#-~]+$/.test(value) && isEmail(value);
}

/** An e-mail address of at most 254 characters. */
export function IsEmailAddress(options?: ValidationOptions): PropertyDecorator {
  // Form first: validator.js throws on lone surrogates.
  return textRule('isEmailAddress', 'an e-mail address', options, (value) => {
    return value.length <= EMAIL_MAX_LENGTH && isPlainEmail(value);
  });
}

/** Any Unicode text of a bounded length; control characters are allowed, since passwords may hold any. */
export function IsSecretText(maxLength: number, options?: ValidationOptions): PropertyDecorator {
  return textRule('isSecretText', `a text of 1 to ${maxLength} characters`, options, (value) => {
    return value.length > 0 && isAtMost(value, maxLength) && isWellFormed(value);
  });
}

function textRule(
  name: string,
  what: string,
  options: ValidationOptions | undefined,
  accepts: (value: string) => boolean,
): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && accepts(value),
        defaultMessage: buildMessage((eachPrefix) => `${eachPrefix}$property must be ${what}`, options),
      },
    },
    options,
  );
}
