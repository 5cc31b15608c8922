import { Injectable } from '@nestjs/common';
import { and, desc, eq, isNotNull, isNull, ne, or, asc, inArray } from 'drizzle-orm';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { type Database, DatabaseConnection } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { columnsOf, insertionInto } from '../../database/insertion.js';
import type { SqlReading } from '../../database/sql-reading.js';
import { plainWrite } from '../../database/sql-write.js';
import { endWhere } from './end-statement.js';
import { JoinedRotations } from './joined-rotations.js';
import {
  type RotatedRow,
  rotateManyStatement,
  rotateStatement,
  type RotationValues,
} from './rotate-statement.js';
import type { Session } from './session.js';
import { isAfter, isExpired, isOpen } from './session-conditions.js';
import type { SessionPage } from './session-page.js';
import { findSurplus, lockSubject } from './surplus-sessions.js';
import {
  type RotatedSession,
  type SessionBound,
  type SessionEnding,
  type SessionRotation,
  SessionsRepository,
} from './sessions.repository.js';
import { sessions } from './sessions.table.js';

/** Ended by one statement, of which each has a time-out. */
const ENDED_AT_ONCE = 5_000;

const SESSION = insertionInto(sessions, columnsOf(sessions));

@Injectable()
export class PostgresSessionsRepository extends SessionsRepository {
  private readonly db: Database;
  private readonly rotations: JoinedRotations;
  private readonly rotationsReading = new Map<SqlReading<unknown>, JoinedRotations>();

  constructor(private readonly connection: DatabaseConnection) {
    super();
    this.db = connection.db;
    this.rotations = this.joinedRotations();
  }

  /** Health asks the database itself. */
  ping(): Promise<void> {
    return Promise.resolve();
  }

  async create(session: Session, transaction?: Transaction): Promise<void> {
    await handleOf(this.db, transaction).insert(sessions).values(session);
  }

  override creating(session: Session): Write {
    return plainWrite(SESSION(session), (transaction) => this.create(session, transaction));
  }

  async createBounded(
    session: Session,
    { others, ending, accompany }: SessionBound,
    transaction: Transaction,
  ): Promise<string[]> {
    const db = handleOf(this.db, transaction);
    await lockSubject(db, session.subject);
    const surplus = await findSurplus(db, session.subject, others, ending.now);
    await this.create(session, transaction);
    if (surplus.length === 0) return [];
    await accompany(surplus);
    return endWhere(db, inArray(sessions.id, surplus), ending);
  }

  async findById(id: string): Promise<Session | undefined> {
    const [row] = await this.db.select().from(sessions).where(eq(sessions.id, id));
    return row;
  }

  async findOpen(subject: string, now: Date, { limit, after }: SessionPage): Promise<Session[]> {
    return this.db
      .select()
      .from(sessions)
      .where(and(eq(sessions.subject, subject), isOpen(now), after && isAfter(after)))
      .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
      .limit(limit);
  }

  async findPast(subject: string, now: Date, limit: number): Promise<Session[]> {
    return this.db
      .select()
      .from(sessions)
      .where(and(eq(sessions.subject, subject), or(isNotNull(sessions.endedAt), isExpired(now))))
      .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
      .limit(limit);
  }

  async rotate(rotation: SessionRotation): Promise<Session | undefined> {
    const row = await this.rotations.rotate(valuesOf(rotation));
    return row && sessionOf(row).session;
  }

  override async rotateReading<T>(
    rotation: SessionRotation,
    reading: SqlReading<T>,
  ): Promise<RotatedSession<T> | undefined> {
    const row = await this.joinedReading(reading).rotate(valuesOf(rotation));
    if (!row) return undefined;
    const { session, read } = sessionOf(row);
    return { session, read: reading.parse(read) };
  }

  private joinedReading(reading: SqlReading<unknown>): JoinedRotations {
    const existing = this.rotationsReading.get(reading);
    if (existing) return existing;
    const joined = this.joinedRotations(reading);
    this.rotationsReading.set(reading, joined);
    return joined;
  }

  private joinedRotations(reading?: SqlReading<unknown>): JoinedRotations {
    return new JoinedRotations(
      rotateStatement(this.db, this.connection, reading),
      rotateManyStatement(this.db, this.connection, reading),
    );
  }

  async reauthenticate(id: string, subject: string, now: Date, transaction?: Transaction): Promise<boolean> {
    const noted = await handleOf(this.db, transaction)
      .update(sessions)
      .set({ reauthenticatedAt: now })
      .where(and(eq(sessions.id, id), eq(sessions.subject, subject), isOpen(now)))
      .returning({ id: sessions.id });
    return noted.length > 0;
  }

  async end(id: string, subject: string, ending: SessionEnding, transaction?: Transaction): Promise<boolean> {
    const which = and(eq(sessions.id, id), eq(sessions.subject, subject));
    const ended = await endWhere(handleOf(this.db, transaction), which, ending);
    return ended.length > 0;
  }

  async endAll(
    subject: string,
    ending: SessionEnding,
    exceptId?: string,
    transaction?: Transaction,
  ): Promise<string[]> {
    const others = exceptId === undefined ? undefined : ne(sessions.id, exceptId);
    const which = and(eq(sessions.subject, subject), others);
    return endWhere(handleOf(this.db, transaction), which, ending);
  }

  async erasePast(subject: string, transaction?: Transaction): Promise<void> {
    await handleOf(this.db, transaction)
      .delete(sessions)
      .where(and(eq(sessions.subject, subject), isNotNull(sessions.endedAt)));
  }

  async endAllForEveryone(ending: SessionEnding, transaction?: Transaction): Promise<string[]> {
    const db = handleOf(this.db, transaction);
    const all: string[] = [];
    for (;;) {
      const next = db
        .select({ id: sessions.id })
        .from(sessions)
        .where(isNull(sessions.endedAt))
        .orderBy(asc(sessions.id))
        .limit(ENDED_AT_ONCE);
      // oxlint-disable-next-line eslint/no-await-in-loop -- until there are no more
      const ended = await endWhere(db, inArray(sessions.id, next), ending);
      all.push(...ended);
      // Fewer also where another ended some of them meanwhile: only none is the end.
      if (ended.length === 0) return all;
    }
  }
}

function valuesOf({ now, graceUntil, idleExpiresAt, ...rotation }: SessionRotation): RotationValues {
  return {
    ...rotation,
    now: now.toISOString(),
    graceUntil: graceUntil?.toISOString() ?? null,
    idleExpiresAt: idleExpiresAt.toISOString(),
  };
}

function sessionOf({ read, ...session }: RotatedRow): { session: Session; read: unknown } {
  return { session, read };
}
