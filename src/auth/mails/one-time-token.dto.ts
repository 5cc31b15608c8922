import { ApiProperty } from '@nestjs/swagger';
import { OptionalPasswordField } from '../fields/account-fields.js';
import { IsSecretText } from '../../common/validation/text.js';

/** Anything longer is no one-time token. */
const MAX_LENGTH = 256;

export class OneTimeTokenDto {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_LENGTH,
    description: 'What follows `#token=` in the mailed link.',
    example: 'lk_ot_4f0T…',
  })
  @IsSecretText(MAX_LENGTH)
  token!: string;
}

/** For links that need the account's session or password beside the token. */
export class ProvedTokenDto extends OneTimeTokenDto {
  @OptionalPasswordField()
  password?: string;
}
