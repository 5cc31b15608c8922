import type { JsonValue } from './json-value.js';

/**
 * Who is calling, as the verified access token says (RFC 9068). Frozen; safe to share between requests.
 * @typeParam Claims what a `ClaimsContributor` of a team's own puts into tokens
 */
export interface Principal<Claims extends object = Readonly<Record<string, JsonValue>>> {
  /** `sub`: the user's id. */
  readonly subject: string;
  /** `sid`: the session the token belongs to. */
  readonly sessionId: string;
  /** `jti`. */
  readonly tokenId: string;
  /** `client_id`. */
  readonly clientId: string;
  readonly roles: readonly string[];
  /** `scope`, split. */
  readonly scopes: readonly string[];
  /** `iat`, in milliseconds. */
  readonly issuedAt: number;
  /** `exp`, in milliseconds. */
  readonly expiresAt: number;
  /** A team's own, by name; frozen, all the way down. Empty where there is no `ClaimsContributor`. */
  readonly claims: Claims;
}
