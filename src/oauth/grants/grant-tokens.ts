import type { ClientInfo } from '../../common/client-info.js';
import type { User } from '../../users/user.js';

/** What the token endpoint answers with. */
export interface GrantedTokens {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** The same, of a grant that a person gave. */
export interface GrantedSession extends GrantedTokens {
  readonly refreshToken: string;
  readonly grant: OpenGrant;
  /** Who gave it, as they were when it was written. */
  readonly user: User;
}

/** A grant that a person gave to a client, about to become a session. */
export interface GrantToOpen {
  /** UUID: the session's id, chosen before. */
  readonly id: string;
  /** The user's id. */
  readonly subject: string;
  readonly clientId: string;
  /** `grant_type` by which the client takes it. */
  readonly grantType: string;
  readonly scopes: readonly string[];
  /** The browser session in which it was given. */
  readonly parentId: string | undefined;
  /** The era of that session then: a later one has ended the grant. Undefined: not known. */
  readonly era: number | undefined;
  /** When the consent was given that it rests on, in milliseconds; undefined: it needed none then. */
  readonly consentedAt: number | undefined;
  /** The `sid` of its client when it was allowed: with another the client has been given less since. Undefined: not known. */
  readonly clientSid: string | undefined;
  /** When the person showed the password; milliseconds. */
  readonly authenticatedAt: number | undefined;
  /** How else they showed who they are then (RFC 8176). */
  readonly methods: readonly string[];
  /** Thumbprint of the key that the client has shown (RFC 9449); the access token is bound to it. */
  readonly jkt: string | undefined;
  /** Whether the client cannot authenticate: its refresh tokens are bound to that key, too (RFC 9449 section 5). */
  readonly isPublic: boolean;
  /** `aud` of its access tokens; null: that of `AUDIENCE`. */
  readonly audience: string | null;
}

/** A grant as it is now. */
export interface OpenGrant {
  readonly id: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number;
  /** When its current refresh token was issued. Milliseconds. */
  readonly issuedAt: number;
  /** How else the user showed who they are then (RFC 8176). */
  readonly methods: readonly string[];
  /** Thumbprint of the key that its refresh token is bound to (RFC 9449 section 5). */
  readonly jkt: string | null;
  /** `aud` of its access tokens; null: that of `AUDIENCE`. */
  readonly audience: string | null;
  /** When its refresh token expires, if it is not used; milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What a client asks for with its refresh token. */
export interface WantedRefresh {
  /** Of the client that has authenticated. */
  readonly clientId: string;
  /** For this access token; undefined: all that was granted. */
  readonly scopes: readonly string[] | undefined;
  /** Thumbprint of the key that it has shown (RFC 9449); the access token is bound to it. */
  readonly jkt: string | undefined;
  /** `aud` that it asks for (RFC 8707); null: that of `AUDIENCE`; undefined: that of the grant. */
  readonly audience: string | null | undefined;
}

/** A scope is asked for that was not granted. */
export class ScopeNotGrantedError extends Error {
  constructor() {
    super('The refresh token was not granted a scope that is asked for.');
    this.name = 'ScopeNotGrantedError';
  }
}

/** A resource is asked for that the grant is not for. */
export class ResourceNotGrantedError extends Error {
  constructor() {
    super('The refresh token is not for the resource that is asked for.');
    this.name = 'ResourceNotGrantedError';
  }
}

/** Grants of clients: sessions like any other. */
export abstract class GrantTokens {
  /** @throws AccountDisabledError; UnavailableError */
  abstract open(grant: GrantToOpen, client: ClientInfo): Promise<GrantedSession>;
  /** @returns undefined if it has ended, expired, or is of no client */
  abstract find(id: string): Promise<OpenGrant | undefined>;
  /** @throws ScopeNotGrantedError, ResourceNotGrantedError before anything is rotated
   * @throws RefreshTokenInvalidError, RefreshTokenExpiredError, RefreshTokenReusedError, SessionEndedError, AccountDisabledError */
  abstract refresh(refreshToken: string, wanted: WantedRefresh, client: ClientInfo): Promise<GrantedSession>;
  /**
   * Changes nothing.
   * @param clientId null: of a session that one of Latchkey's own routes opened
   * @returns undefined if the client would get nothing for it now
   */
  abstract findByRefreshToken(refreshToken: string, clientId: string | null): Promise<OpenGrant | undefined>;
  /** Ends it; that it has ended, or was never open, is no error. */
  abstract end(id: string, client: ClientInfo): Promise<void>;
}
