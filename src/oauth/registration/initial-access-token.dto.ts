import { ApiProperty } from '@nestjs/swagger';
import { IsPersonName, NAME_MAX_LENGTH } from '../../common/validation/text.js';
import { Optional, ScopeListField, WholeNumberField, WordListField } from '../clients/client-fields.js';
import { CLIENT_GRANTS, type ClientGrant } from '../clients/oauth-client.js';
import type { InitialAccessTokenSettings } from './initial-access-token.js';

const DAY = 86_400;
/** Seconds. */
export const LIFETIME = { min: 60, max: 90 * DAY, default: DAY };
export const USES = { min: 1, max: 1000, default: 1 };

/** A new initial access token. */
export class CreateInitialAccessTokenDto {
  @ApiProperty({
    minLength: 1,
    maxLength: NAME_MAX_LENGTH,
    description: 'For people: whom it is given to.',
    example: 'Partner',
  })
  @IsPersonName()
  name!: string;

  @WordListField('grants', CLIENT_GRANTS, ['authorization_code', 'refresh_token'])
  grants?: ClientGrant[];

  @ScopeListField('scopes', 'All that a client of it may ask for.', ['openid', 'profile', 'email'])
  scopes?: string[];

  @WholeNumberField(
    'uses',
    { ...USES, description: 'How many clients register with it.', example: 1 },
    Optional(),
  )
  uses?: number;

  @WholeNumberField(
    'expiresInSeconds',
    { ...LIFETIME, description: 'How long it is good; a day if nothing is said.', example: 3600 },
    Optional(),
  )
  expiresInSeconds?: number;
}

/** With the defaults of what is left out, which are those of clients. */
export function tokenSettingsOf(body: CreateInitialAccessTokenDto): InitialAccessTokenSettings {
  const {
    name,
    grants = ['authorization_code', 'refresh_token'],
    scopes = ['openid', 'profile', 'email'],
    uses = USES.default,
  } = body;
  return { name, grants, scopes, uses };
}

/** Milliseconds. */
export function lifetimeOf({ expiresInSeconds = LIFETIME.default }: CreateInitialAccessTokenDto): number {
  return expiresInSeconds * 1000;
}
