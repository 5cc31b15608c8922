import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { EmailField, OptionalNameField } from '../../auth/fields/account-fields.js';
import { WithUserFields } from '../../auth/fields/user-field-models.js';
import { IsDistinctList } from '../../common/validation/distinct-list.js';
import { IsSecretText } from '../../common/validation/text.js';

const ROLES_MAX = 50;

/** May be left out, and is never null. */
function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

function OptionalEmailField(): PropertyDecorator {
  return applyDecorators(
    EmailField(),
    ApiPropertyOptional({ description: 'It counts as not verified.' }),
    Optional(),
  );
}

/** What administrators change of a user. */
@WithUserFields('administration')
export class ChangeUserDto {
  @OptionalNameField()
  name?: string | null;

  @OptionalEmailField()
  email?: string;

  @ApiPropertyOptional({ example: true, description: 'Whether the e-mail address counts as proved.' })
  @Optional()
  @IsBoolean({ message: 'emailVerified must be true or false' })
  emailVerified?: boolean;

  @ApiPropertyOptional({ example: false, description: 'Disabled users cannot log in; their sessions end.' })
  @Optional()
  @IsBoolean({ message: 'disabled must be true or false' })
  disabled?: boolean;

  @ApiPropertyOptional({
    type: [String],
    maxItems: ROLES_MAX,
    uniqueItems: true,
    description: 'All that the user has then. Needs `roles:write`, and every scope of the roles that change.',
    example: ['user'],
  })
  @Optional()
  @IsDistinctList('roles', ROLES_MAX, IsSecretText(64, undefined, { each: true }))
  roles?: string[];
}
