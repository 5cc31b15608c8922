import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { PageLimitField } from '../../common/validation/page-limit.js';
import { IsSecretText, IsStorableText } from '../../common/validation/text.js';
import { USER_SORTS } from '../../users/user-list.js';

const SORTS = USER_SORTS.flatMap((sort) => [sort, `-${sort}` as const]);
const BOOLEANS = ['true', 'false'] as const;

/** As forms send what was not filled in. */
function MayBeEmpty(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value)),
    IsOptional(),
  );
}

function message(name: string) {
  return { message: `${name} must be true or false` };
}

/** Which users are listed, and how. */
export class UserQueryDto {
  @ApiPropertyOptional({
    maxLength: 100,
    description:
      'Words, each the beginning of one in the name or the e-mail address, of the address or of its domain. Case and accents do not matter.',
    example: 'ada love',
  })
  @MayBeEmpty()
  @IsStorableText(100)
  search?: string;

  @ApiPropertyOptional({ maxLength: 64, description: 'A role that they have.', example: 'admin' })
  @MayBeEmpty()
  @IsStorableText(64)
  role?: string;

  @ApiPropertyOptional({ enum: BOOLEANS, description: 'Whether they are.' })
  @MayBeEmpty()
  @IsIn(BOOLEANS, message('disabled'))
  disabled?: (typeof BOOLEANS)[number];

  @ApiPropertyOptional({ enum: BOOLEANS, description: 'Whether the e-mail address is.' })
  @MayBeEmpty()
  @IsIn(BOOLEANS, message('verified'))
  verified?: (typeof BOOLEANS)[number];

  @ApiPropertyOptional({
    enum: SORTS,
    default: '-createdAt',
    description: 'With `-` the last first. Who never logged in comes before all others.',
  })
  @MayBeEmpty()
  @IsIn(SORTS, { message: `sort must be one of ${SORTS.join(', ')}` })
  sort?: (typeof SORTS)[number];

  @ApiPropertyOptional({
    maxLength: 63,
    description:
      'A searchable field of your own, in place of all that is above: users who have `value` in it, in the order of their ids.',
    example: 'staffNumber',
  })
  @MayBeEmpty()
  @IsSecretText(63)
  field?: string;

  @ApiPropertyOptional({
    maxLength: 255,
    description: 'What they have in `field`, compared exactly.',
    example: 'A1234',
  })
  @MayBeEmpty()
  @IsSecretText(255)
  value?: string;

  @MayBeEmpty()
  @PageLimitField()
  limit?: string;

  @ApiPropertyOptional({
    maxLength: 1024,
    description: 'The `nextCursor` of the page before, with the same filters and the same `sort`.',
  })
  @MayBeEmpty()
  @IsSecretText(1024)
  cursor?: string;
}
