import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsSecretText } from '../../common/validation/text.js';

/** Anything longer is no refresh token, and is not worth decoding. */
const MAX_LENGTH = 1024;

export class RefreshDto {
  @ApiPropertyOptional({
    minLength: 1,
    maxLength: MAX_LENGTH,
    description: 'Needed, but for cookie mode.',
    example: 'lk_rt_AbX3p0…',
  })
  @IsSecretText(MAX_LENGTH)
  refreshToken!: string;
}
