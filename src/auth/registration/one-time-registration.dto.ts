import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { IsPersonName, IsSecretText, NAME_MAX_LENGTH } from '../../common/validation/text.js';
import { OneTimeTokenDto } from '../mails/one-time-token.dto.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../passwords/password-policy.js';

export class ConfirmRegistrationDto extends OneTimeTokenDto {
  @ApiProperty({
    format: 'password',
    minLength: 1,
    maxLength: PASSWORD_MAX_LENGTH,
    description: 'The one that was registered.',
    example: 'correct horse battery staple',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  password!: string;
}

export class AcceptInvitationDto extends OneTimeTokenDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: NAME_MAX_LENGTH, example: 'Ada Lovelace' })
  @ValidateIf((_, value) => value !== undefined)
  @IsPersonName()
  name?: string;

  @ApiProperty({
    format: 'password',
    minLength: PASSWORD_MIN_LENGTH,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'correct horse battery staple',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  password!: string;
}
