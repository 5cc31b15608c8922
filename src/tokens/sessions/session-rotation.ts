import type { Session } from './session.js';

/** One rotation: the row must fit `id`, `generation`, `secretHash` and `clientId`, and not have ended or expired by `now`. */
export interface SessionRotation {
  readonly id: string;
  /** What the presented token says. */
  readonly generation: number;
  readonly secretHash: string;
  /** The OAuth client whose grant the session must be; null: none, it must be one of Latchkey's own. */
  readonly clientId: string | null;
  /** Thumbprint of the key that the client has shown; null: none. A session that is bound to another one is not the client's. */
  readonly jkt: string | null;
  readonly now: Date;
  /** Null: the token just replaced does not answer. */
  readonly graceUntil: Date | null;
  /** Capped by the session's absolute end. */
  readonly idleExpiresAt: Date;
}

/** A session that was rotated, and what was read along with it. */
export interface RotatedSession<T> {
  readonly session: Session;
  /** Undefined also where nothing is read along. */
  readonly read: T | undefined;
}
