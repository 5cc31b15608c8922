import { and, eq, getTableColumns, getTableName, gt, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Database, DatabaseConnection } from '../../database/database.js';
import { HotStatement } from '../../database/hot-statement.js';
import type { SqlReading } from '../../database/sql-reading.js';
import type { Session } from './session.js';
import { isUnended } from './session-conditions.js';
import type { SessionRotation } from './session-rotation.js';
import { sessions } from './sessions.table.js';

/** A value that the driver is given as it is: as text, which PostgreSQL reads as the column's type. */
const value = (name: string): Placeholder => sql.placeholder(name);
const instant = (name: string) => sql`${value(name)}::timestamptz`;

export interface RotationValues extends Record<string, unknown> {
  readonly id: string;
  readonly generation: number;
  readonly secretHash: string;
  /** Null: none, it is one of Latchkey's own. */
  readonly clientId: string | null;
  /** Null: no key was shown. */
  readonly jkt: string | null;
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
          sql`${sessions.clientId} is not distinct from ${value('clientId')}::text`,
          isOfKey(sql`${value('jkt')}::text`),
          isUsable(instant('now')),
        ),
      )
      .returning(rotatedRow(reading)),
  );
}

/**
 * Many rotations as one statement; `rotations` is a JSON array of them, of different sessions. A row that another
 * transaction holds is left as it is, so that nothing is waited for while others are held: whatever order others lock
 * rows in, there is no deadlock.
 */
export function rotateManyStatement(
  db: Database,
  connection: DatabaseConnection,
  reading?: SqlReading<unknown>,
): HotStatement<{ readonly rotations: string }, RotatedRow[]> {
  const presented = sql`json_to_recordset(${value('rotations')}::json) as "presented" ("id" uuid, "generation" int,
    "secretHash" text, "clientId" text, "jkt" text, "now" timestamptz, "graceUntil" timestamptz, "idleExpiresAt" timestamptz)`;
  const locked = db
    .$with('locked', {
      presentedId: sql<string>`"presentedId"`.as('presentedId'),
      now: sql<Date>`"now"`.as('now'),
      graceUntil: sql<Date | null>`"graceUntil"`.as('graceUntil'),
      idle: sql<Date>`"idle"`.as('idle'),
    })
    .as(
      sql`select "presented"."id" as "presentedId", "presented"."now", "presented"."graceUntil",
          "presented"."idleExpiresAt" as "idle"
        from ${presented} join ${sessions} on ${sessions.id} = "presented"."id"
        where ${sessions.generation} = "presented"."generation" and ${sessions.secretHash} = "presented"."secretHash"
          and ${sessions.clientId} is not distinct from "presented"."clientId"
          and ${isOfKey(sql`"presented"."jkt"`)} and ${isUsable(sql`"presented"."now"`)}
        for no key update of ${sql.identifier(getTableName(sessions))} skip locked`,
    );
  return new HotStatement(
    connection,
    db
      .with(locked)
      .update(sessions)
      .set({
        generation: sql`${sessions.generation} + 1`,
        graceUntil: sql`${locked.graceUntil}`,
        lastUsedAt: sql`${locked.now}`,
        idleExpiresAt: sql`least(${locked.idle}, ${sessions.expiresAt})`,
      })
      .from(locked)
      .where(sql`${sessions.id} = ${locked.presentedId}`)
      .returning(rotatedRow(reading)),
  );
}

function isUsable(now: SQL): SQL | undefined {
  return and(isUnended, gt(sessions.idleExpiresAt, now), gt(sessions.expiresAt, now));
}

/** A session that is bound to no key is of any. */
function isOfKey(jkt: SQL): SQL {
  return sql`(${sessions.jkt} is null or ${sessions.jkt} = ${jkt})`;
}

function rotatedRow(reading: SqlReading<unknown> | undefined) {
  const read = reading?.select(sql`${sessions.subject}`) ?? sql`null`;
  return { ...getTableColumns(sessions), read: sql<unknown>`${read}`.as('read') };
}

/** As the statement takes them. Each by its name: what is left of an object (`...rest`) costs as much as an HMAC. */
export function valuesOf(rotation: SessionRotation): RotationValues {
  return {
    id: rotation.id,
    generation: rotation.generation,
    secretHash: rotation.secretHash,
    clientId: rotation.clientId,
    jkt: rotation.jkt,
    now: rotation.now.toISOString(),
    graceUntil: rotation.graceUntil?.toISOString() ?? null,
    idleExpiresAt: rotation.idleExpiresAt.toISOString(),
  };
}

/** Apart from what was read along with it. */
export function sessionOf({ read, ...session }: RotatedRow): { session: Session; read: unknown } {
  return { session, read };
}
