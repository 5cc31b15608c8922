import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches, ValidateIf } from 'class-validator';
import { IsDistinctList } from '../../common/validation/distinct-list.js';
import { IsStorableText } from '../../common/validation/text.js';
import type { Role } from '../../users/role.js';

const SCOPES_MAX = 50;
/** `scope-token` of RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const SCOPE_MESSAGE = 'each of scopes must be a name of visible ASCII without " and \\';
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** What a role allows. */
export class ChangeRoleDto {
  @ApiProperty({
    type: [String],
    maxItems: SCOPES_MAX,
    uniqueItems: true,
    example: ['users:read'],
    description: 'Names as RFC 6749 has them, of which the caller must have each.',
  })
  @IsDistinctList('scopes', SCOPES_MAX, Matches(SCOPE, { each: true, message: SCOPE_MESSAGE }))
  scopes!: string[];

  @ApiPropertyOptional({ minLength: 1, maxLength: 255, example: 'Answers questions of users.' })
  @ValidateIf((_, value) => value !== undefined)
  @IsStorableText(255)
  description?: string;
}

export class CreateRoleDto extends ChangeRoleDto {
  @ApiProperty({ maxLength: 64, pattern: NAME.source, example: 'support' })
  @Matches(NAME, { message: 'name must be a text of 1 to 64 small letters, digits, and . _ - within' })
  name!: string;
}

export class RoleModel implements Role {
  @ApiProperty({ example: 'support' })
  name!: string;

  @ApiProperty({ type: [String], example: ['users:read'] })
  scopes!: string[];

  @ApiProperty({ example: 'Answers questions of users.' })
  description!: string;

  static of({ name, scopes, description }: Role): RoleModel {
    return { name, scopes: [...scopes], description };
  }
}
