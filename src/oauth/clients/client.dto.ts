import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, Matches } from 'class-validator';
import { IsPersonName, NAME_MAX_LENGTH } from '../../common/validation/text.js';
import {
  NullableTextField,
  Optional,
  ScopeListField,
  SwitchField,
  UriListField,
  WholeNumberField,
  WordField,
  WordListField,
} from './client-fields.js';
import type { ClientKeys } from './client-keys.js';
import { URI_MAX_LENGTH } from './client-uris.js';
import {
  CLIENT_AUTH_METHODS,
  CLIENT_GRANTS,
  CLIENT_TYPES,
  type ClientGrant,
  type ClientSettings,
  SUBJECT_TYPES,
} from './oauth-client.js';

/** At most ten years; what is more than the server's own counts as that. */
const LIFETIME_OF_GRANTS = { min: 60, max: 315_360_000, nullable: true };
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;
const TYPE_MESSAGE = `type must be one of ${CLIENT_TYPES.join(', ')}`;
const NAME = { minLength: 1, maxLength: NAME_MAX_LENGTH, description: 'For people.', example: 'Shop' };
const TYPE = {
  enum: CLIENT_TYPES,
  description: '`public`: it can keep no secret, as on the device of its user.',
  example: 'confidential',
};

/** What is decided of a client, but for what it is. */
class ClientFields {
  @SwitchField('firstParty', 'It is of your own: users are not asked for consent. Needs `admins:write`.')
  firstParty?: boolean;

  @WordListField('grants', CLIENT_GRANTS, ['authorization_code', 'refresh_token'])
  grants?: ClientGrant[];

  @UriListField(
    'redirectUris',
    'To the letter: https, http on a loopback address, or of a scheme of its own with a dot.',
    'https://shop.example.com/callback',
  )
  redirectUris?: string[];

  @UriListField('postLogoutRedirectUris', 'The same after logout.', 'https://shop.example.com/')
  postLogoutRedirectUris?: string[];

  @ScopeListField('scopes', 'All that it may ask for.', ['openid', 'profile', 'email'])
  scopes?: string[];

  @UriListField('origins', 'Of its pages that ask by script (CORS).', 'https://shop.example.com')
  origins?: string[];

  @UriListField('audiences', 'Resources that it may ask tokens for (RFC 8707).', 'https://api.example.com')
  audiences?: string[];

  @WordField('authMethod', CLIENT_AUTH_METHODS, 'How it shows who it is. Default: as its type has it.')
  authMethod?: ClientSettings['authMethod'];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Its public keys (RFC 7517), for `private_key_jwt`.',
    example: null,
  })
  @IsOptional()
  @IsObject({ message: 'jwks must be an object {"keys": […]}' })
  jwks?: ClientKeys | null;

  @SwitchField('requirePar', 'It must push its authorization requests (RFC 9126).')
  requirePar?: boolean;

  @SwitchField('dpopBound', 'Its access tokens are always bound to a key (RFC 9449).')
  dpopBound?: boolean;

  @WordField('subjectType', SUBJECT_TYPES, '`pairwise`: it sees ids of users that no other client sees.')
  subjectType?: ClientSettings['subjectType'];

  @NullableTextField(255, 'The host that pairwise ids are made for.', 'shop.example.com')
  @Matches(HOST, { message: 'sector must be a host name in small letters' })
  sector?: string | null;

  @NullableTextField(URI_MAX_LENGTH, 'Where it is told of a logout.', 'https://shop.example.com/logged-out')
  backchannelLogoutUri?: string | null;

  @NullableTextField(URI_MAX_LENGTH, 'The same in the browser.', 'https://shop.example.com/logout-frame')
  frontchannelLogoutUri?: string | null;

  @WholeNumberField(
    'accessTokenTtl',
    {
      min: 10,
      max: 86_400,
      nullable: true,
      example: 300,
      description: 'Seconds; null, and what is longer: `ACCESS_TOKEN_TTL`.',
    },
    IsOptional(),
  )
  accessTokenTtl?: number | null;

  @WholeNumberField(
    'refreshTokenTtl',
    {
      ...LIFETIME_OF_GRANTS,
      example: 86_400,
      description:
        'Seconds that what a user granted to it lasts unused; null, and what is longer: `REFRESH_TOKEN_TTL`.',
    },
    IsOptional(),
  )
  refreshTokenTtl?: number | null;

  @WholeNumberField(
    'grantMaxAge',
    {
      ...LIFETIME_OF_GRANTS,
      example: 2_592_000,
      description: 'Seconds that it lasts at all; null, and what is longer: `SESSION_MAX_AGE`.',
    },
    IsOptional(),
  )
  grantMaxAge?: number | null;

  @SwitchField('disabled', 'It gets no tokens.')
  disabled?: boolean;
}

/** What administrators change of a client. */
export class ChangeClientDto extends ClientFields {
  @ApiPropertyOptional(NAME)
  @Optional()
  @IsPersonName()
  name?: string;

  @ApiPropertyOptional(TYPE)
  @Optional()
  @IsIn(CLIENT_TYPES, { message: TYPE_MESSAGE })
  type?: ClientSettings['type'];
}

/** A new client. */
export class CreateClientDto extends ClientFields {
  @ApiProperty(NAME)
  @IsPersonName()
  name!: string;

  @ApiProperty(TYPE)
  @IsIn(CLIENT_TYPES, { message: TYPE_MESSAGE })
  type!: ClientSettings['type'];
}

/** What was given: what is left out is no part of it. */
export function given<T extends ClientFields>(body: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
