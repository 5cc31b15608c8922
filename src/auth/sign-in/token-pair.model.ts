import { ApiProperty } from '@nestjs/swagger';
import type { OwnFields } from '../fields/own-fields.js';
import type { SignedIn } from './signed-in.js';
import { READ_FIELDS } from './token-pair-issuer.js';
import { UserModel } from './user.model.js';

/** A token answer (RFC 6749 section 5.1, in camel case). */
export class TokenPairModel {
  @ApiProperty({
    description: 'A JWT (RFC 9068), to be sent as `Authorization: Bearer …`.',
    example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.eyJpc3MiOiJodHRwOi8v….MEUCIQ…',
  })
  accessToken!: string;

  @ApiProperty({
    description: 'Opaque; good for one use, which answers the next one.',
    example: 'lk_rt_AbX3p0…',
    pattern: '^lk_rt_',
  })
  refreshToken!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds the access token is good for.', example: 900 })
  expiresIn!: number;
}

/** The answer to register and log in. */
export class SignedInModel extends TokenPairModel {
  @ApiProperty({ type: UserModel })
  user!: UserModel;

  /** @param own reads a team's own fields, unless the tokens have brought them */
  static async of({ user, pair }: SignedIn, own: OwnFields): Promise<SignedInModel> {
    const { [READ_FIELDS]: read, ...tokens } = pair;
    return { user: UserModel.of(user, read ?? (await own.of(user))), ...tokens };
  }
}
