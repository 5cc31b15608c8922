import type { ClientKeys } from './client-keys.js';

/** Grants of RFC 6749, RFC 8628 and RFC 8693, by which a client gets tokens. */
export const CLIENT_GRANTS = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const;
export type ClientGrant = (typeof CLIENT_GRANTS)[number];

/** `public`: one that can keep no secret, as an application on the device of its user. */
export const CLIENT_TYPES = ['public', 'confidential'] as const;

/** How a client shows at the token endpoint who it is. */
export const CLIENT_AUTH_METHODS = ['none', 'client_secret_basic', 'private_key_jwt'] as const;

/** What `sub` a client sees of users: the same as others, or one of its own (OpenID Connect Core section 8). */
export const SUBJECT_TYPES = ['public', 'pairwise'] as const;

/** What is decided of an OAuth client. */
export interface ClientSettings {
  /** For people. */
  readonly name: string;
  readonly type: (typeof CLIENT_TYPES)[number];
  /** Whether it belongs to the team: users are not asked whether it may have what it asks for. */
  readonly firstParty: boolean;
  readonly grants: readonly ClientGrant[];
  /** Compared as texts; on loopback addresses the port is free (RFC 8252 section 7.3). */
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** All that it may ask for. */
  readonly scopes: readonly string[];
  /** Of its pages that ask by script (CORS). */
  readonly origins: readonly string[];
  /** Resources that it may ask tokens for (RFC 8707), beside the default one. */
  readonly audiences: readonly string[];
  readonly authMethod: (typeof CLIENT_AUTH_METHODS)[number];
  /** Public keys for `private_key_jwt`. */
  readonly jwks: ClientKeys | null;
  /** Whether it must push its authorization requests (RFC 9126). */
  readonly requirePar: boolean;
  /** Whether its access tokens are always bound to a key (RFC 9449). */
  readonly dpopBound: boolean;
  readonly subjectType: (typeof SUBJECT_TYPES)[number];
  /** The host that pairwise subjects are made for; null: that of its redirect URIs. */
  readonly sector: string | null;
  readonly backchannelLogoutUri: string | null;
  readonly frontchannelLogoutUri: string | null;
  /** Seconds; null, and what is longer: `ACCESS_TOKEN_TTL`. */
  readonly accessTokenTtl: number | null;
  /** Seconds that what a user granted to it lasts unused; null, and what is longer: `REFRESH_TOKEN_TTL`. */
  readonly refreshTokenTtl: number | null;
  /** Seconds that it lasts at all, however much it is used; null, and what is longer: `SESSION_MAX_AGE`. */
  readonly grantMaxAge: number | null;
  /** Whether it gets no tokens. */
  readonly disabled: boolean;
}

/** The names of all of them. */
export const CLIENT_SETTINGS = [
  'name',
  'type',
  'firstParty',
  'grants',
  'redirectUris',
  'postLogoutRedirectUris',
  'scopes',
  'origins',
  'audiences',
  'authMethod',
  'jwks',
  'requirePar',
  'dpopBound',
  'subjectType',
  'sector',
  'backchannelLogoutUri',
  'frontchannelLogoutUri',
  'accessTokenTtl',
  'refreshTokenTtl',
  'grantMaxAge',
  'disabled',
] as const satisfies readonly (keyof ClientSettings)[];

/** An application that gets tokens here. */
export interface OAuthClient extends ClientSettings {
  /** `client_id`. */
  readonly id: string;
  /** `sid` of the access tokens that it gets in its own name. */
  readonly sid: string;
  /** Whether `OAUTH_CLIENTS_FILE` says what it is. */
  readonly fixed: boolean;
  /** Id of the initial access token by which it registered itself; null: it did not. */
  readonly registeredWith: string | null;
  /** Whether it is a client of the server itself, and stored nowhere. */
  readonly builtIn?: true;
  /** Another one with each change, from 1. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A secret of a client, of which its hash is kept. */
export interface ClientSecret {
  /** SHA-256, in hexadecimal digits. */
  readonly hash: string;
  readonly createdAt: Date;
  /** Null: no end is set. */
  readonly expiresAt: Date | null;
}

/** As it is kept. */
export interface StoredClient {
  readonly client: OAuthClient;
  /** The latest first. */
  readonly secrets: readonly ClientSecret[];
}

/** What a client may be called by: a UUID, or a name in a file. `latchkey` are Latchkey's own routes. */
const CLIENT_ID = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

export const OWN_ROUTES = 'latchkey';

/** Whether a client can have this id. */
export function isClientId(id: string): boolean {
  return CLIENT_ID.test(id) && id !== OWN_ROUTES;
}
