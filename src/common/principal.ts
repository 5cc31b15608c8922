/** Who is calling, as the verified access token says (RFC 9068). Frozen; safe to share between requests. */
export interface Principal {
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
}
