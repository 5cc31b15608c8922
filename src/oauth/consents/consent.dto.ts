import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsString } from 'class-validator';

const SCOPES_MAX = 50;

/** All that a client may do. */
export class ConsentDto {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: SCOPES_MAX,
    uniqueItems: true,
    description: 'In place of what was allowed before; each must be one that the client may have.',
    example: ['openid', 'email'],
  })
  @IsArray({ message: 'scopes must be a list' })
  @ArrayMinSize(1, { message: 'scopes must name one at least' })
  @ArrayMaxSize(SCOPES_MAX, { message: `scopes must be ${SCOPES_MAX} at most` })
  @ArrayUnique({ message: 'scopes must not name one twice' })
  @IsString({ each: true, message: 'each of scopes must be a text' })
  scopes!: string[];
}
