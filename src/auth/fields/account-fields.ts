import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import {
  EMAIL_MAX_LENGTH,
  IsEmailAddress,
  IsPersonName,
  IsSecretText,
  NAME_MAX_LENGTH,
} from '../../common/validation/text.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../passwords/password-policy.js';

/** The fields that bodies have in common: what they must be, and how they are documented. */
export function EmailField(example = 'ada@example.com'): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'email', maxLength: EMAIL_MAX_LENGTH, example }),
    IsEmailAddress(),
  );
}

const NAME = { minLength: 1, maxLength: NAME_MAX_LENGTH } as const;

export function NameField(example: string): PropertyDecorator {
  return applyDecorators(ApiProperty({ ...NAME, example }), IsPersonName());
}

/** May be left out, and is not null. */
export function OptionalNameField(example = 'Ada Lovelace'): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ ...NAME, example }),
    ValidateIf((_, value) => value !== undefined),
    IsPersonName(),
  );
}

const PASSWORD = { format: 'password', maxLength: PASSWORD_MAX_LENGTH } as const;

/** One that exists, however short it is. */
export function PasswordField(example = 'correct horse battery staple'): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...PASSWORD, minLength: 1, example }),
    IsSecretText(PASSWORD_MAX_LENGTH),
  );
}

/** One that somebody chooses: the policy says more, in its own words. */
export function NewPasswordField(example = 'correct horse battery staple'): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...PASSWORD, minLength: PASSWORD_MIN_LENGTH, example }),
    IsSecretText(PASSWORD_MAX_LENGTH),
  );
}
