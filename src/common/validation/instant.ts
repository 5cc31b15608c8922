import { ValidateBy } from 'class-validator';

/** RFC 3339 section 5.6, with the offset that makes it a point in time. */
const INSTANT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

export function IsInstant(): PropertyDecorator {
  return ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isInstant(value),
      defaultMessage: () => '$property must be a time such as 2026-01-31T12:00:00Z',
    },
  });
}

/** Whether it is a point in time as RFC 3339 writes it. */
export function isInstant(text: string): boolean {
  return INSTANT.test(text) && isDay(text);
}

/** Date.parse takes February 30 for a day of March. */
function isDay(instant: string): boolean {
  const day = instant.slice(0, 'YYYY-MM-DD'.length);
  return new Date(day).toISOString().startsWith(day) && !Number.isNaN(Date.parse(instant));
}
