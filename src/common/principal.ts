import type { JsonValue } from './json-value.js';

/** `client_id` of tokens that Latchkey's own routes issue (RFC 9068 section 2.2). No OAuth client can have it. */
export const OWN_CLIENT = 'latchkey';

/**
 * Who is calling, as the verified access token says (RFC 9068), or a `CredentialStrategy` of a team's own. Frozen; safe to
 * share between requests.
 * @typeParam Claims what a `ClaimsContributor` of a team's own puts into tokens
 */
export interface Principal<Claims extends object = Readonly<Record<string, JsonValue>>> {
  /** `sub`: the user's id; what a strategy says. */
  readonly subject: string;
  /** `sid`: the session the token belongs to. Empty where there is a `credential`. */
  readonly sessionId: string;
  /** `jti`. Empty where there is a `credential`. */
  readonly tokenId: string;
  /** `client_id`; the name of the strategy where it says nothing else. */
  readonly clientId: string;
  /** Whether it is an OAuth client by itself, and no user's: `sub` is `client_id` (RFC 9068 section 2.2). */
  readonly isClient: boolean;
  readonly roles: readonly string[];
  /** `scope`, split. */
  readonly scopes: readonly string[];
  /** `iat`, in milliseconds; of a strategy's caller the time of the request. */
  readonly issuedAt: number;
  /** `exp`, in milliseconds; of a strategy's caller `Infinity` unless it says otherwise. */
  readonly expiresAt: number;
  /** A team's own, by name; frozen, all the way down. Empty where there is no `ClaimsContributor`. */
  readonly claims: Claims;
  /** Thumbprint of the key that the token is bound to (`cnf.jkt`, RFC 9449 section 6.1); undefined: a bearer token. */
  readonly jkt?: string;
  /**
   * Ids of the OAuth clients that act for the subject, the latest first (`act`, RFC 8693 section 4.1); undefined: none. Each has
   * authenticated, other than the names of `IdentityRelay.callers()`.
   */
  readonly actors?: readonly string[];
  /** Name of the `CredentialStrategy` that knows the caller; undefined: an access token does. */
  readonly credential?: string;
}
