import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import type { ClientKeys } from '../clients/client-keys.js';
import {
  CLIENT_AUTH_METHODS,
  CLIENT_GRANTS,
  CLIENT_TYPES,
  type ClientGrant,
  type ClientSecret,
  type OAuthClient,
  type StoredClient,
  SUBJECT_TYPES,
} from '../clients/oauth-client.js';
import type { ClientWithSecret } from '../clients/oauth-clients.js';

const ID = { description: '`client_id`.', example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a10' };
const SECRET = { description: 'Shown this once.', example: 'lk_cs_4f0T…' };
const URIS: ApiPropertyOptions = { type: [String], example: [] };
const NULLABLE: ApiPropertyOptions = { type: String, nullable: true, example: null };
const TIME: ApiPropertyOptions = { type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' };
const END: ApiPropertyOptions = { ...TIME, nullable: true, description: 'Null: no end is set.' };

class ClientSecretModel {
  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(END)
  expiresAt!: string | null;

  static of({ createdAt, expiresAt }: ClientSecret): ClientSecretModel {
    return { createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
  }
}

/** An OAuth client as administrators see it: of its secrets no more than how long they are good. */
export class ClientModel implements Omit<OAuthClient, 'sid' | 'version' | 'createdAt' | 'updatedAt'> {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty({ example: 'Shop' })
  name!: string;

  @ApiProperty({ enum: CLIENT_TYPES, example: 'confidential' })
  type!: OAuthClient['type'];

  @ApiProperty({ example: true })
  firstParty!: boolean;

  @ApiProperty({ enum: CLIENT_GRANTS, isArray: true, example: ['authorization_code', 'refresh_token'] })
  grants!: ClientGrant[];

  @ApiProperty({ ...URIS, example: ['https://shop.example.com/callback'] })
  redirectUris!: string[];

  @ApiProperty(URIS)
  postLogoutRedirectUris!: string[];

  @ApiProperty({ type: [String], example: ['openid', 'profile', 'email'] })
  scopes!: string[];

  @ApiProperty(URIS)
  origins!: string[];

  @ApiProperty(URIS)
  audiences!: string[];

  @ApiProperty({ enum: CLIENT_AUTH_METHODS, example: 'client_secret_basic' })
  authMethod!: OAuthClient['authMethod'];

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: null })
  jwks!: ClientKeys | null;

  @ApiProperty({ example: false })
  requirePar!: boolean;

  @ApiProperty({ example: false })
  dpopBound!: boolean;

  @ApiProperty({ enum: SUBJECT_TYPES, example: 'public' })
  subjectType!: OAuthClient['subjectType'];

  @ApiProperty(NULLABLE)
  sector!: string | null;

  @ApiProperty(NULLABLE)
  backchannelLogoutUri!: string | null;

  @ApiProperty(NULLABLE)
  frontchannelLogoutUri!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Seconds.' })
  accessTokenTtl!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Seconds.' })
  refreshTokenTtl!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Seconds.' })
  grantMaxAge!: number | null;

  @ApiProperty({ example: false })
  disabled!: boolean;

  @ApiProperty({ example: false, description: '`OAUTH_CLIENTS_FILE` says what it is.' })
  fixed!: boolean;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'Id of the initial access token by which it registered itself; null: it did not.',
  })
  registeredWith!: string | null;

  @ApiProperty({ type: [ClientSecretModel], description: 'Those that are good, the latest first.' })
  secrets!: ClientSecretModel[];

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(TIME)
  updatedAt!: string;

  static of({ client, secrets }: StoredClient): ClientModel {
    const { sid: _sid, version: _version, createdAt, updatedAt, ...settings } = client;
    return {
      ...settings,
      grants: [...client.grants],
      redirectUris: [...client.redirectUris],
      postLogoutRedirectUris: [...client.postLogoutRedirectUris],
      scopes: [...client.scopes],
      origins: [...client.origins],
      audiences: [...client.audiences],
      secrets: secrets.map((secret) => ClientSecretModel.of(secret)),
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}

export class CreatedClientModel extends ClientModel {
  @ApiPropertyOptional(SECRET)
  secret?: string;

  static ofNew({ secret, ...stored }: ClientWithSecret): CreatedClientModel {
    return Object.assign(
      new CreatedClientModel(),
      ClientModel.of(stored),
      secret !== undefined && { secret },
    );
  }
}

export class RotatedSecretModel {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty(SECRET)
  secret!: string;

  @ApiProperty({ type: [ClientSecretModel], description: 'Those that are good, the latest first.' })
  secrets!: ClientSecretModel[];

  static of({ secret = '', ...stored }: ClientWithSecret): RotatedSecretModel {
    const { id, secrets } = ClientModel.of(stored);
    return { id, secret, secrets };
  }
}

export class ClientPageModel {
  @ApiProperty({ type: [ClientModel], description: 'In the order in which they were made.' })
  clients!: ClientModel[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To ask for the next page with; null on the last one.',
    example: null,
  })
  nextCursor!: string | null;
}
