import { ApiProperty } from '@nestjs/swagger';
import { IsSecretText } from '../../common/validation/text.js';
import { PASSWORD_MAX_LENGTH } from '../passwords/password-policy.js';

export class DeleteAccountDto {
  @ApiProperty({
    format: 'password',
    minLength: 1,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'the password you log in with',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  password!: string;
}
