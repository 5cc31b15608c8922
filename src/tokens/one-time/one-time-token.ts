/** What a one-time token is good for. One subject has at most one of each, unless older ones were set aside. */
export type OneTimePurpose =
  | 'password-reset'
  | 'email-verification'
  | 'email-change'
  | 'invitation'
  | 'registration'
  | 'login-challenge';

/** A one-time token as it is stored: its hash, never the token. */
export interface OneTimeToken {
  /** UUIDv7; names it where neither the token nor its hash may be told. */
  readonly id: string;
  /** Whose it is: a user's id, or what else the purpose goes by where there is no user yet. */
  readonly subject: string;
  readonly purpose: OneTimePurpose;
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string;
  /** What must not have changed since it was issued, e.g. the address that it proves. */
  readonly binding: string;
  /** What its use brings about, e.g. the address as it was written. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The session that asked for it, and ends it with itself; null: none. */
  readonly sessionId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
