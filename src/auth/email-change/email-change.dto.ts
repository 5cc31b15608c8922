import { ApiProperty } from '@nestjs/swagger';
import { EMAIL_MAX_LENGTH, IsEmailAddress, IsSecretText } from '../../common/validation/text.js';
import { PASSWORD_MAX_LENGTH } from '../passwords/password-policy.js';

export class ChangeEmailDto {
  @ApiProperty({ format: 'email', maxLength: EMAIL_MAX_LENGTH, example: 'ada.king@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({
    format: 'password',
    minLength: 1,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'correct horse battery staple',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  password!: string;
}
