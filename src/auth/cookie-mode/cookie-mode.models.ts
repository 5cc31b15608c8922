import { ApiProperty } from '@nestjs/swagger';
import { UserModel } from '../sign-in/user.model.js';

const EXAMPLE = '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10.3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** A token answer in cookie mode: the tokens are in cookies. */
export class CookieTokensModel {
  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds the access cookie is good for.', example: 900 })
  expiresIn!: number;

  @ApiProperty({
    description:
      'For the header `X-CSRF-Token` of requests that change something; the same for the whole session.',
    example: EXAMPLE,
  })
  csrfToken!: string;
}

/** The answer to register and log in, in cookie mode. */
export class CookieSignedInModel extends CookieTokensModel {
  @ApiProperty({ type: UserModel })
  user!: UserModel;
}

export class CsrfTokenModel {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null where there is no session in cookies.',
    example: EXAMPLE,
  })
  csrfToken!: string | null;
}
