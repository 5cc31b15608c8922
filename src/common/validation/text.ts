import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';
import { emailProblem } from './email-address.js';
import { MARKS_MAX, misleads, pilesUpMarks } from './invisible-text.js';
import { isPlainText, isWellFormed } from './plain-text.js';

export const NAME_MAX_LENGTH = 100;

/** Counts characters as JSON Schema does (RFC 8259 characters), not UTF-16 units. */
function isAtMost(value: string, maxLength: number): boolean {
  return (
    value.length <= maxLength || (value.length <= 2 * maxLength && Array.from(value).length <= maxLength)
  );
}

/** A one-line name for people: 1 to 100 characters, not only white space, nothing that misleads. */
export function IsPersonName(options?: ValidationOptions): PropertyDecorator {
  return textRule('isPersonName', options, personNameProblem);
}

/** @returns why it is no such name, to follow "must"; undefined if it is one */
export function personNameProblem(value: string): string | undefined {
  const isName = isAtMost(value, NAME_MAX_LENGTH) && value.trim().length > 0 && isPlainText(value);
  if (!isName) return `be a text of 1 to ${NAME_MAX_LENGTH} characters`;
  if (pilesUpMarks(value)) return `hold no more than ${MARKS_MAX} marks on one character`;
  return misleads(value)
    ? 'hold no characters that cannot be seen or that turn the direction of text'
    : undefined;
}

/** An e-mail address of at most 254 octets, which may hold Unicode (RFC 6531, IDNA). */
export function IsEmailAddress(options?: ValidationOptions): PropertyDecorator {
  return textRule('isEmailAddress', options, emailProblem);
}

/**
 * Any Unicode text of a bounded length; control characters are allowed, since passwords may hold any.
 * @param prepared what counts of it, if not the text as it came
 */
export function IsSecretText(
  maxLength: number,
  prepared: (text: string) => string = (text) => text,
  options?: ValidationOptions,
): PropertyDecorator {
  return textRule('isSecretText', options, (value) => {
    const isText = value.length > 0 && isAtMost(prepared(value), maxLength) && isWellFormed(value);
    return isText ? undefined : `be a text of 1 to ${maxLength} characters`;
  });
}

/** A text of a bounded length that a database can hold: no control characters, NUL among them. */
export function IsStorableText(maxLength: number, options?: ValidationOptions): PropertyDecorator {
  return textRule('isStorableText', options, (value) => {
    const isText = value.length > 0 && isAtMost(value, maxLength) && isPlainText(value);
    return isText ? undefined : `be a text of 1 to ${maxLength} characters, without control characters`;
  });
}

/** @param problem why a text is refused, to follow "must"; undefined if it is not */
function textRule(
  name: string,
  options: ValidationOptions | undefined,
  problem: (value: string) => string | undefined,
): PropertyDecorator {
  const problemOf = (value: unknown) => problem(typeof value === 'string' ? value : '');
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && problem(value) === undefined,
        defaultMessage: buildMessage(
          (eachPrefix, args) => `${eachPrefix}$property must ${problemOf(args?.value) ?? 'be a text'}`,
          options,
        ),
      },
    },
    options,
  );
}
