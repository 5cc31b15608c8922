import type { ValidationError } from 'class-validator';
import type { FieldError } from '../errors/latchkey-error.js';

/** What is wrong about each field: of one that is left out that alone. @param errors with the values that they are about */
export function fieldErrorsOf(errors: readonly ValidationError[], parent?: string): FieldError[] {
  return errors.flatMap((error) => {
    const { property, constraints = {}, children = [] } = error;
    const value: unknown = error.value;
    const field = parent === undefined ? property : `${parent}.${property}`;
    const broken = Object.entries(constraints);
    const own =
      value === undefined && broken.length > 0
        ? [{ field, message: `${property} must be given` }]
        : broken.map(([rule, message]) =>
            rule === 'whitelistValidation' ? unknownField(field) : { field, message },
          );
    return [...own, ...fieldErrorsOf(children, field)];
  });
}

export function unknownField(field: string): FieldError {
  return { field, message: 'this field is not known' };
}
