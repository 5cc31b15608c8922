import { validateSync } from 'class-validator';
import { fieldErrorsOf } from '../../common/validation/field-errors.js';
import { InvalidFieldsError } from '../../users/users.errors.js';

/** By the rules of the routes. @throws InvalidFieldsError */
export function checkedBody<T extends object>(body: T): T {
  const problems = fieldErrorsOf(validateSync(body, { stopAtFirstError: true }));
  if (problems.length > 0) throw new InvalidFieldsError(problems);
  return body;
}
