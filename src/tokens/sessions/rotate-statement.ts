import { and, eq, gt, isNull, type Placeholder, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import type { Session } from './session.js';
import { sessions } from './sessions.table.js';

/** A value that the driver is given as it is: as text, which PostgreSQL reads as the column's type. */
const value = (name: string): Placeholder => sql.placeholder(name);
const instant = (name: string) => sql`${value(name)}::timestamptz`;

interface RotationValues extends Record<string, unknown> {
  readonly id: string;
  readonly generation: number;
  readonly secretHash: string;
  readonly now: string;
  readonly graceUntil: string | null;
  readonly idleExpiresAt: string;
}

/**
 * The rotation as one statement, built once: building it takes longer than sending it. Its instants are ISO 8601 texts.
 */
export function rotateStatement(db: Database): { execute(values: RotationValues): Promise<Session[]> } {
  return (
    db
      .update(sessions)
      .set({
        generation: sql`${sessions.generation} + 1`,
        graceUntil: instant('graceUntil'),
        lastUsedAt: instant('now'),
        idleExpiresAt: sql`least(${instant('idleExpiresAt')}, ${sessions.expiresAt})`,
      })
      .where(
        and(
          eq(sessions.id, value('id')),
          eq(sessions.generation, value('generation')),
          eq(sessions.secretHash, value('secretHash')),
          isNull(sessions.endedAt),
          gt(sessions.idleExpiresAt, instant('now')),
          gt(sessions.expiresAt, instant('now')),
        ),
      )
      .returning()
      // A name would tie it to its connection, which a pooler between us and PostgreSQL may change.
      .prepare('')
  );
}
