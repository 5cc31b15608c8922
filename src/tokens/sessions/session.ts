/** Why a session ended. */
export type SessionEndReason =
  | 'logout'
  | 'logout_all'
  | 'ended_by_user'
  | 'ended_by_admin'
  | 'password_changed'
  | 'password_reset'
  | 'email_changed'
  /** `SESSIONS_PER_USER`: it was the one used longest ago when another was opened. */
  | 'too_many_sessions'
  /** The browser session that it was granted in has ended. */
  | 'parent_ended'
  /** Its client, or who used its code again. */
  | 'grant_revoked'
  /** The OAuth client whose grant it was is deleted, or disabled. */
  | 'client_removed'
  /** The OAuth client may have less now than it was granted. */
  | 'client_narrowed'
  | 'account_disabled'
  | 'account_deleted'
  /** A refresh token was used a second time; of the row's last generation, or of an older one. */
  | 'reuse_recent'
  | 'reuse_stale'
  /** A refresh token was newer than the row: the store has lost what was written last, e.g. as a backup was restored. */
  | 'store_restored';

/** A session is a refresh-token family: one row, whose generation says which token of the family is the live one. */
export interface Session {
  /** UUID; `sid` in access tokens. */
  readonly id: string;
  /** The user's id. */
  readonly subject: string;
  /** Of the refresh token that rotates next. */
  readonly generation: number;
  /** SHA-256 of the session secret, base64url. */
  readonly secretHash: string;
  /** Until when the token just replaced still answers; null before the first rotation. */
  readonly graceUntil: Date | null;
  readonly createdAt: Date;
  /** When its holder last showed the password again; null: not since it was opened with it. */
  readonly reauthenticatedAt: Date | null;
  /** How its holder showed who they are besides the password, as the login gate said it (RFC 8176), of a grant in its sign-in; null: not at all. */
  readonly methods: readonly string[] | null;
  readonly lastUsedAt: Date;
  /** Unused until then, it is over. */
  readonly idleExpiresAt: Date;
  /** Over then, however much it is used. */
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: SessionEndReason | null;
  /**
   * How far the subject's endings of all sessions had come when it was opened, as its store counts: a later one has ended it.
   * Null: opened by an instance that did not count.
   */
  readonly era: number | null;
  /** The OAuth client whose grant it is; null: one of Latchkey's own routes opened it. */
  readonly clientId: string | null;
  /** What the client was granted; null with `clientId`. */
  readonly scopes: readonly string[] | null;
  /** The session that it was granted in, whose end is its own unless `scopes` has `offline_access`; null: none. */
  readonly parentId: string | null;
  /** Thumbprint of the key that its refresh token is bound to (RFC 9449 section 5); null: none. */
  readonly jkt: string | null;
  /** `aud` of its access tokens (RFC 8707); null: that of `AUDIENCE`. */
  readonly audience: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A session that is not stored yet. */
export type NewSession = Omit<Session, 'era'>;

/** What a session is that an OAuth client is granted, where one of Latchkey's own routes would open another. */
export interface SessionGrant {
  /** A UUID in lower case; undefined: a new one. Opening a second session of the same id fails. */
  readonly id?: string | undefined;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The open session of the same subject that it is granted in; undefined: it stands by itself. */
  readonly parentId?: string | null | undefined;
  /** Thumbprint of the key that its refresh token is bound to (RFC 9449 section 5); undefined: none. */
  readonly jkt?: string | null | undefined;
  /** `aud` of its access tokens (RFC 8707); undefined: that of `AUDIENCE`. */
  readonly audience?: string | null | undefined;
  /** How long it lasts unused at most, below `REFRESH_TOKEN_TTL`; milliseconds. */
  readonly refreshTokenTtl?: number | undefined;
  /** How long it lasts at all at most, below `SESSION_MAX_AGE`; milliseconds. */
  readonly maxAge?: number | undefined;
  /** When the holder showed the password; undefined: now. */
  readonly authenticatedAt?: Date | undefined;
}

/** What a session says of a grant. */
export type GrantFields = Pick<Session, 'clientId' | 'scopes' | 'parentId' | 'jkt' | 'audience'>;

/** What one of Latchkey's own says of it. */
export const NO_GRANT = { clientId: null, scopes: null, parentId: null, jkt: null, audience: null } as const;

/** What a session says of this one. */
export function grantedIn({
  clientId,
  scopes,
  parentId = null,
  jkt = null,
  audience = null,
}: SessionGrant): GrantFields {
  return { clientId, scopes, parentId, jkt, audience };
}

/** A grant with this scope outlives the session that it was granted in (OpenID Connect Core section 11). */
export const OFFLINE_ACCESS = 'offline_access';

/** Whether the end of the session that it was granted in is its own. */
export function endsWithParent({ parentId, scopes }: Pick<Session, 'parentId' | 'scopes'>): boolean {
  return parentId !== null && !scopes?.includes(OFFLINE_ACCESS);
}

/** Whether its time is over, by non-use or by age. */
export function isExpired(session: Session, now: number): boolean {
  return session.idleExpiresAt.getTime() <= now || session.expiresAt.getTime() <= now;
}

/** When its holder last showed the password. */
export function authenticationTime({ createdAt, reauthenticatedAt }: Session): number {
  return (reauthenticatedAt ?? createdAt).getTime();
}

/** A session with its live refresh token, which is stored nowhere. */
export interface OpenedSession {
  readonly session: Session;
  readonly refreshToken: string;
}
