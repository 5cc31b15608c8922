import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { decodeCursor } from './audit-cursor.js';

const LIMIT = { default: 50, max: 100 };

function IsLimit(): PropertyDecorator {
  return ValidateBy({
    name: 'isLimit',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && /^[1-9]\d{0,2}$/.test(value) && Number(value) <= LIMIT.max,
      defaultMessage: () => `limit must be a whole number from 1 to ${LIMIT.max}`,
    },
  });
}

function IsCursor(): PropertyDecorator {
  return ValidateBy({
    name: 'isCursor',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && decodeCursor(value) !== undefined,
      defaultMessage: () => 'cursor must be the nextCursor of the page before',
    },
  });
}

export class AuditPageDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LIMIT.max,
    default: LIMIT.default,
    description: 'How many at most.',
  })
  @IsOptional()
  @IsLimit()
  limit?: string;

  @ApiPropertyOptional({
    description: 'The `nextCursor` of the page before.',
    example: 'AZxJ8ZgAcABYTp3w9ZKxGg',
  })
  @IsOptional()
  @IsCursor()
  cursor?: string;
}

/** Of what was validated. */
export function pageOf({ limit, cursor }: AuditPageDto): { limit: number; before: string | undefined } {
  return {
    limit: limit === undefined ? LIMIT.default : Number(limit),
    before: cursor === undefined ? undefined : decodeCursor(cursor),
  };
}
