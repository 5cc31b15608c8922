import { ApiProperty } from '@nestjs/swagger';
import { IsPasswordText } from '../passwords/is-password-text.js';
import { PASSWORD_MAX_LENGTH } from '../passwords/password-policy.js';

export class ReauthenticateDto {
  @ApiProperty({
    format: 'password',
    minLength: 1,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'correct horse battery staple',
  })
  @IsPasswordText()
  password!: string;
}
