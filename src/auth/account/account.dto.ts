import { ApiProperty } from '@nestjs/swagger';
import { IsPersonName, IsSecretText, NAME_MAX_LENGTH } from '../../common/validation/text.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../passwords/password-policy.js';

export class UpdateProfileDto {
  @ApiProperty({ minLength: 1, maxLength: NAME_MAX_LENGTH, example: 'Ada King' })
  @IsPersonName()
  name!: string;
}

export class ChangePasswordDto {
  @ApiProperty({
    format: 'password',
    minLength: 1,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'correct horse battery staple',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  currentPassword!: string;

  @ApiProperty({
    format: 'password',
    minLength: PASSWORD_MIN_LENGTH,
    maxLength: PASSWORD_MAX_LENGTH,
    example: 'purple monkey dishwasher tuesday',
  })
  @IsSecretText(PASSWORD_MAX_LENGTH)
  newPassword!: string;
}
