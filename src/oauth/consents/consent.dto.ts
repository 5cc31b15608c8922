import { ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize, IsString } from 'class-validator';
import { IsDistinctList } from '../../common/validation/distinct-list.js';

const SCOPES_MAX = 50;

/** What a client may do. */
export class ConsentDto {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: SCOPES_MAX,
    uniqueItems: true,
    description: 'Each must be one that the client may have.',
    example: ['openid', 'email'],
  })
  @IsDistinctList(
    'scopes',
    SCOPES_MAX,
    ArrayMinSize(1, { message: 'scopes must name one at least' }),
    IsString({ each: true, message: 'each of scopes must be a text' }),
  )
  scopes!: string[];
}
