import { and, eq, getTableColumns, gt, isNull, type Placeholder, sql } from 'drizzle-orm';
import type { Database, DatabaseConnection } from '../../database/database.js';
import { HotStatement } from '../../database/hot-statement.js';
import type { SqlReading } from '../../database/sql-reading.js';
import type { Session } from './session.js';
import { sessions } from './sessions.table.js';

/** A value that the driver is given as it is: as text, which PostgreSQL reads as the column's type. */
const value = (name: string): Placeholder => sql.placeholder(name);
const instant = (name: string) => sql`${value(name)}::timestamptz`;

export interface RotationValues extends Record<string, unknown> {
  readonly id: string;
  readonly generation: number;
  readonly secretHash: string;
  readonly now: string;
  readonly graceUntil: string | null;
  readonly idleExpiresAt: string;
}

/** A rotated session, and what was read along with it. */
export type RotatedRow = Session & { readonly read: unknown };

/**
 * The rotation as one statement, which also reads what belongs to the session's subject. Its instants are ISO 8601 texts.
 */
export function rotateStatement(
  db: Database,
  connection: DatabaseConnection,
  reading?: SqlReading<unknown>,
): HotStatement<RotationValues, RotatedRow[]> {
  const read = reading?.select(sql`${sessions.subject}`) ?? sql`null`;
  return new HotStatement(
    connection,
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
      .returning({ ...getTableColumns(sessions), read: sql<unknown>`${read}`.as('read') }),
  );
}
