import { ApiProperty } from '@nestjs/swagger';
import { IsSecretText } from '../../common/validation/text.js';

/** Anything longer is no refresh token, and is not worth decoding. */
const MAX_LENGTH = 1024;

export class RefreshDto {
  @ApiProperty({ minLength: 1, maxLength: MAX_LENGTH, example: 'lk_rt_AbX3p0…' })
  @IsSecretText(MAX_LENGTH)
  refreshToken!: string;
}
