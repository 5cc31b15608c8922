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

export class RegisterDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: NAME_MAX_LENGTH, example: 'Ada Lovelace' })
  @ValidateIf((_, value) => value !== undefined)
  @IsPersonName()
  name?: string;

  @ApiProperty({ format: 'email', maxLength: EMAIL_MAX_LENGTH, example: 'ada@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({
    format: 'password',
    minLength: PASSWORD_MIN_LENGTH,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'correct horse battery staple',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  password!: string;
}
