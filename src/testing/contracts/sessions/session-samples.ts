import { randomUUID } from 'node:crypto';
import type { Revocation } from '../../../tokens/revocation/revocation.js';
import { NO_GRANT, type Session } from '../../../tokens/sessions/session.js';
import type { SessionRotation } from '../../../tokens/sessions/session-rotation.js';
import type { SessionEnding } from '../../../tokens/sessions/sessions.repository.js';

export const MINUTE = 60_000;
export const T0 = Date.parse('2030-01-01T00:00:00.123Z');
/** A page that all sessions of a test fit on. */
export const ALL = { limit: 100 };

export function newSession(fields: Partial<Session> = {}): Session {
  return {
    id: randomUUID(),
    subject: randomUUID(),
    generation: 0,
    secretHash: 'secret-hash',
    graceUntil: null,
    createdAt: new Date(T0 - MINUTE),
    lastUsedAt: new Date(T0 - MINUTE),
    idleExpiresAt: new Date(T0 + 5 * MINUTE),
    expiresAt: new Date(T0 + 60 * MINUTE),
    endedAt: null,
    endReason: null,
    reauthenticatedAt: null,
    methods: null,
    ip: null,
    userAgent: null,
    era: 0,
    ...NO_GRANT,
    ...fields,
  };
}

/** What rotates the session as it is. */
export function rotationOf(
  session: Session | undefined,
  fields: Partial<SessionRotation> = {},
): SessionRotation {
  if (!session) throw new Error('There is no such session.');
  return {
    id: session.id,
    generation: session.generation,
    secretHash: session.secretHash,
    clientId: session.clientId,
    jkt: session.jkt,
    now: new Date(T0),
    graceUntil: new Date(T0 + 10_000),
    idleExpiresAt: new Date(T0 + 10 * MINUTE),
    ...fields,
  };
}

export function ending(fields: Partial<SessionEnding> = {}): SessionEnding {
  return { reason: 'logout', now: new Date(T0), revokedUntil: new Date(T0 + 16 * MINUTE), ...fields };
}

export function idsOf(sessions: readonly Session[]): string[] {
  return sessions.map((session) => session.id).toSorted();
}

export function idsInOrder(found: readonly Session[]): string[] {
  return found.map(({ id }) => id);
}

/** Some stores also say since when they know at all. */
export function ofSessions(entries: readonly Revocation[]): Revocation[] {
  return entries.filter(({ kind }) => kind === 'session');
}
