import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsPageCursor, pageLimit, PageLimitField } from '../../common/validation/page-limit.js';
import { decodeCursor } from './audit-cursor.js';

export class AuditPageDto {
  @PageLimitField()
  limit?: string;

  @ApiPropertyOptional({
    description: 'The `nextCursor` of the page before.',
    example: 'AZxJ8ZgAcABYTp3w9ZKxGg',
  })
  @IsOptional()
  @IsPageCursor(
    (cursor) => decodeCursor(cursor) !== undefined,
    'cursor must be the nextCursor of the page before',
  )
  cursor?: string;
}

/** Of what was validated. */
export function pageOf({ limit, cursor }: AuditPageDto): { limit: number; before: string | undefined } {
  return {
    limit: pageLimit(limit),
    before: cursor === undefined ? undefined : decodeCursor(cursor),
  };
}
