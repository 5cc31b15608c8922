/** Whose a refresh token must be. */
export interface ExpectedHolder {
  /** The OAuth client that has authenticated; null: none, the session is one of Latchkey's own. */
  readonly clientId: string | null;
  /** Thumbprint of the key that it has shown (RFC 9449); undefined: none. */
  readonly jkt?: string | undefined;
  /** How long the session lasts unused from now on at most, below `REFRESH_TOKEN_TTL`; milliseconds. */
  readonly refreshTokenTtl?: number | undefined;
}

/** One of Latchkey's own routes. */
export const NO_CLIENT: ExpectedHolder = { clientId: null };
