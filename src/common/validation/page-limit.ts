import { ApiPropertyOptional } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { IsOptional, ValidateBy } from 'class-validator';

const LIMIT = { default: 50, max: 100 };

/** How many entries a page of a list may have at most; `pageLimit` reads it. */
export function PageLimitField(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: LIMIT.max,
      default: LIMIT.default,
      description: 'How many at most.',
    }),
    IsOptional(),
    ValidateBy({
      name: 'isLimit',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && /^[1-9]\d{0,2}$/.test(value) && Number(value) <= LIMIT.max,
        defaultMessage: () => `limit must be a whole number from 1 to ${LIMIT.max}`,
      },
    }),
  );
}

/** @param limit what `PageLimitField` has let through */
export function pageLimit(limit: string | undefined): number {
  return limit === undefined ? LIMIT.default : Number(limit);
}

/** @param isOurs whether one of our pages can have ended so */
export function IsPageCursor(isOurs: (cursor: string) => boolean, message: string): PropertyDecorator {
  return ValidateBy({
    name: 'isCursor',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isOurs(value),
      defaultMessage: () => message,
    },
  });
}
