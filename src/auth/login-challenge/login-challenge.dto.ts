import { ApiProperty } from '@nestjs/swagger';
import { IsSecretText } from '../../common/validation/text.js';

const TOKEN_MAX_LENGTH = 256;
const KIND_MAX_LENGTH = 64;
const ANSWER_MAX_LENGTH = 8192;

export class LoginChallengeDto {
  @ApiProperty({
    minLength: 1,
    maxLength: TOKEN_MAX_LENGTH,
    description: '`challengeToken` of the answer `LOGIN_CHALLENGE_REQUIRED`.',
    example: 'lk_ot_4f0T…',
  })
  @IsSecretText(TOKEN_MAX_LENGTH)
  challengeToken!: string;

  @ApiProperty({
    minLength: 1,
    maxLength: KIND_MAX_LENGTH,
    description: '`kind` of the challenge that is answered.',
    example: 'totp',
  })
  @IsSecretText(KIND_MAX_LENGTH)
  kind!: string;

  @ApiProperty({
    minLength: 1,
    maxLength: ANSWER_MAX_LENGTH,
    description: 'What that kind asks for: a code, or JSON.',
    example: '492039',
  })
  @IsSecretText(ANSWER_MAX_LENGTH)
  answer!: string;
}
