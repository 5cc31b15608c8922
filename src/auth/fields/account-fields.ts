import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateIf } from 'class-validator';
import { IsEmailAddress, IsPersonName, NAME_MAX_LENGTH } from '../../common/validation/text.js';
import { EMAIL_MAX_LENGTH } from '../../common/validation/email-address.js';
import { IsPasswordText } from '../passwords/is-password-text.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../passwords/password-policy.js';

/** Blanks of any width, and what comes with a line of a list or a cell of a table. */
const AROUND = /^[\p{Zs}\t\r\n]+|[\p{Zs}\t\r\n]+$/gu;

/** The fields that bodies have in common: what they must be, and how they are documented. */
export function EmailField(example = 'ada@example.com'): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'idn-email', maxLength: EMAIL_MAX_LENGTH, example }),
    // Blanks around it come from forms and lists; none belongs to an address.
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.replace(AROUND, '') : value,
    ),
    IsEmailAddress(),
  );
}

const NAME = { minLength: 1, maxLength: NAME_MAX_LENGTH } as const;

/** Null: no name, or none any more. */
export function NameField(example: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...NAME, type: String, nullable: true, example }),
    ValidateIf((_, value) => value !== null),
    IsPersonName(),
  );
}

/** May be left out, or null. */
export function OptionalNameField(example = 'Ada Lovelace'): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ ...NAME, type: String, nullable: true, example }),
    ValidateIf((_, value) => value !== undefined && value !== null),
    IsPersonName(),
  );
}

const PASSWORD = { format: 'password', maxLength: PASSWORD_MAX_LENGTH } as const;

/** One that exists, however short it is. */
export function PasswordField(example = 'correct horse battery staple'): PropertyDecorator {
  return applyDecorators(ApiProperty({ ...PASSWORD, minLength: 1, example }), IsPasswordText());
}

/** May be left out by who is signed in. */
export function OptionalPasswordField(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      ...PASSWORD,
      minLength: 1,
      description: 'Of the account; not needed with an access token of it.',
      example: 'correct horse battery staple',
    }),
    ValidateIf((_, value) => value !== undefined),
    IsPasswordText(),
  );
}

/** One that a user chooses: the policy says more, in its own words. */
export function NewPasswordField(example = 'correct horse battery staple'): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...PASSWORD, minLength: PASSWORD_MIN_LENGTH, example }),
    IsPasswordText(),
  );
}
