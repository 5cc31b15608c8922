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
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A session that is not stored yet. */
export type NewSession = Omit<Session, 'era'>;

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
