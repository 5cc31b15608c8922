import { CLIENT_GRANTS, type ClientSettings } from './oauth-client.js';

/** What a new client must be told; the rest has defaults. */
export type NewClient = Pick<ClientSettings, 'name' | 'type'> & Partial<ClientSettings>;

const [AUTHORIZATION_CODE, REFRESH_TOKEN] = CLIENT_GRANTS;

/** With the defaults of what is left out. */
export function settingsOf(given: NewClient): ClientSettings {
  return {
    firstParty: false,
    grants: [AUTHORIZATION_CODE, REFRESH_TOKEN],
    redirectUris: [],
    postLogoutRedirectUris: [],
    scopes: ['openid', 'profile', 'email'],
    origins: [],
    audiences: [],
    authMethod: given.type === 'public' ? 'none' : 'client_secret_basic',
    jwks: null,
    requirePar: false,
    dpopBound: false,
    subjectType: 'public',
    sector: null,
    backchannelLogoutUri: null,
    frontchannelLogoutUri: null,
    accessTokenTtl: null,
    refreshTokenTtl: null,
    grantMaxAge: null,
    disabled: false,
    ...given,
  };
}
