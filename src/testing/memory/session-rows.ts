import { isExpired, type Session } from '../../tokens/sessions/session.js';
import type { SessionPosition } from '../../tokens/sessions/session-page.js';

/** Neither ended nor expired. */
export function isOpen(session: Session, now: Date): boolean {
  return session.endedAt === null && !isExpired(session, now.getTime());
}

/** The most recently used first; of the same moment, by id, descending. */
export function byLastUse(one: SessionPosition, other: SessionPosition): number {
  const later = other.lastUsedAt.getTime() - one.lastUsedAt.getTime();
  return later || Number(one.id < other.id) - Number(one.id > other.id);
}

/** So that no reader changes what is kept. */
export function copyOf(session: Session): Session {
  return { ...session };
}
