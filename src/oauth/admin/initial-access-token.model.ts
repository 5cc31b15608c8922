import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { CLIENT_GRANTS, type ClientGrant } from '../clients/oauth-client.js';
import type { InitialAccessToken, NewInitialAccessToken } from '../registration/initial-access-token.js';

const TIME: ApiPropertyOptions = { type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' };

/** A token by which applications register as OAuth clients, as administrators see it: never the token itself. */
export class InitialAccessTokenModel {
  @ApiProperty({ format: 'uuid', example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a11' })
  id!: string;

  @ApiProperty({ example: 'Partner' })
  name!: string;

  @ApiProperty({ enum: CLIENT_GRANTS, isArray: true, example: ['authorization_code', 'refresh_token'] })
  grants!: ClientGrant[];

  @ApiProperty({ type: [String], example: ['openid', 'profile', 'email'] })
  scopes!: string[];

  @ApiProperty({ type: 'integer', example: 1 })
  uses!: number;

  @ApiProperty({ type: 'integer', example: 1, description: '0: it is used up.' })
  usesLeft!: number;

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(TIME)
  expiresAt!: string;

  static of({ grants, scopes, createdAt, expiresAt, ...token }: InitialAccessToken): InitialAccessTokenModel {
    const { id, name, uses, usesLeft } = token;
    const times = { createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
    return { id, name, grants: [...grants], scopes: [...scopes], uses, usesLeft, ...times };
  }
}

export class CreatedInitialAccessTokenModel extends InitialAccessTokenModel {
  @ApiProperty({ description: 'Shown this once.', example: 'lk_it_4f0T…' })
  token!: string;

  static ofNew({ token, ...made }: NewInitialAccessToken): CreatedInitialAccessTokenModel {
    return Object.assign(new CreatedInitialAccessTokenModel(), InitialAccessTokenModel.of(made), { token });
  }
}

export class InitialAccessTokenPageModel {
  @ApiProperty({ type: [InitialAccessTokenModel], description: 'In the order in which they were made.' })
  tokens!: InitialAccessTokenModel[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To ask for the next page with; null on the last one.',
    example: null,
  })
  nextCursor!: string | null;
}
