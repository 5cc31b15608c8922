import type { Session } from '../../tokens/sessions/session.js';

/** What cookies need to know of the session of a pair of tokens. A symbol, so that no body ever holds it. */
export const TOKEN_SESSION = Symbol('latchkey:token-session');

export interface TokenSession {
  readonly id: string;
  /** Until the session ends if it is not used. */
  readonly idleSeconds: number;
}

export function tokenSessionOf({ id, idleExpiresAt, expiresAt }: Session, now: number): TokenSession {
  const until = Math.min(idleExpiresAt.getTime(), expiresAt.getTime());
  return { id, idleSeconds: Math.max(0, Math.ceil((until - now) / 1000)) };
}
