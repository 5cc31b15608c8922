import { ApiProperty } from '@nestjs/swagger';
import { EMAIL_MAX_LENGTH, IsEmailAddress, IsSecretText } from '../../common/validation/text.js';
import { OneTimeTokenDto } from '../mails/one-time-token.dto.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../passwords/password-policy.js';

export class ForgotPasswordDto {
  @ApiProperty({ format: 'email', maxLength: EMAIL_MAX_LENGTH, example: 'ada@example.com' })
  @IsEmailAddress()
  email!: string;
}

export class ResetPasswordDto extends OneTimeTokenDto {
  @ApiProperty({
    format: 'password',
    minLength: PASSWORD_MIN_LENGTH,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'purple monkey dishwasher tuesday',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  password!: string;
}
