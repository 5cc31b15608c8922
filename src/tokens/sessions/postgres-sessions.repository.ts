import { Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { type Database, DatabaseConnection } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import type { SqlReading } from '../../database/sql-reading.js';
import { SqlWrite } from '../../database/sql-write.js';
import { beginEra } from './begin-era-statement.js';
import { endChildren, endWhere } from './end-statement.js';
import { JoinedRotations } from './joined-rotations.js';
import { rotateManyStatement, rotateStatement, sessionOf, valuesOf } from './rotate-statement.js';
import type { GrantSearch } from './grant-search.js';
import type { NewSession, Session } from './session.js';
import { isAfter, isBeyond, isExpired, isOfPastEra, isOpen, SESSION } from './session-conditions.js';
import { EVERYONE } from '../revocation/session-eras.table.js';
import { insertionOf, insertSession, refusedGrant } from './session-insertion.js';
import { eraseEnded, settleEras } from './settle-eras.js';
import type { SessionPage } from './session-page.js';
import type { RotatedSession, SessionRotation } from './session-rotation.js';
import { endingLock, subjectLock } from './session-locks.js';
import { findSurplus } from './surplus-sessions.js';
import {
  type AllToEnd,
  type CreatedBounded,
  ENDED_AT_ONCE,
  type EndedAll,
  type OpenGrant,
  type SessionBound,
  type SessionEnding,
  SessionsRepository,
} from './sessions.repository.js';
import { sessions } from './sessions.table.js';

@Injectable()
export class PostgresSessionsRepository extends SessionsRepository {
  override readonly transactional = true;
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

  async create(session: NewSession, transaction?: Transaction): Promise<number> {
    return insertSession(handleOf(this.db, transaction), session);
  }

  override creating(session: NewSession): Write<number> {
    return new SqlWrite([insertionOf(session)], {
      within: (transaction) => this.create(session, transaction),
      parse: ([era]) => Number(era),
      refusal: refusedGrant,
    });
  }

  async createBounded(
    session: NewSession,
    { others, ending, accompany }: SessionBound,
    transaction: Transaction,
  ): Promise<CreatedBounded> {
    const db = handleOf(this.db, transaction);
    await db.execute(sql`select ${subjectLock(session.subject)}`);
    const surplus = await findSurplus(db, session.subject, others, ending.now);
    const era = await this.create(session, transaction);
    if (surplus.length === 0) return { era, ended: [], children: [] };
    await accompany(surplus);
    const ended = await endWhere(db, inArray(sessions.id, surplus), ending);
    return { era, ended, children: await endChildren(db, ended, ending) };
  }

  async findById(id: string): Promise<Session | undefined> {
    const [row] = await this.db.select(SESSION).from(sessions).where(eq(sessions.id, id));
    return row;
  }

  async findOpen(
    subject: string,
    now: Date,
    { limit, after }: SessionPage,
    transaction?: Transaction,
  ): Promise<Session[]> {
    return handleOf(this.db, transaction)
      .select()
      .from(sessions)
      .where(and(eq(sessions.subject, subject), isOpen(now), after && isAfter(after)))
      .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
      .limit(limit);
  }

  override async findGrants(
    { clientId, subject, now, limit, beyond }: GrantSearch,
    transaction?: Transaction,
  ): Promise<OpenGrant[]> {
    const isWhose = subject === undefined ? undefined : eq(sessions.subject, subject);
    return handleOf(this.db, transaction)
      .select({ id: sessions.id, subject: sessions.subject })
      .from(sessions)
      .where(and(eq(sessions.clientId, clientId), isWhose, isOpen(now), beyond && isBeyond(beyond)))
      .limit(limit);
  }

  async findPast(subject: string, now: Date, limit: number): Promise<Session[]> {
    return this.db
      .select(SESSION)
      .from(sessions)
      .where(and(eq(sessions.subject, subject), or(isOfPastEra, isNotNull(sessions.endedAt), isExpired(now))))
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

  async end(
    id: string,
    subject: string,
    ending: SessionEnding,
    transaction?: Transaction,
  ): Promise<string[]> {
    return this.inTransaction(transaction, async (db) => {
      const which = and(eq(sessions.id, id), eq(sessions.subject, subject));
      const ended = await endWhere(db, which, ending, endingLock(subject));
      return [...ended, ...(await endChildren(db, ended, ending))];
    });
  }

  async endAll(subject: string, all: AllToEnd, transaction?: Transaction): Promise<EndedAll> {
    return this.inTransaction(transaction, async (db) => {
      const ended = await beginEra(db, subject, all);
      if (all.erase) await eraseEnded(db, subject, ENDED_AT_ONCE);
      return ended;
    });
  }

  async endAllForEveryone(ending: SessionEnding, transaction?: Transaction): Promise<EndedAll> {
    return this.inTransaction(transaction, (db) => beginEra(db, EVERYONE, ending));
  }

  async settle(step: () => Promise<boolean>): Promise<void> {
    await settleEras(this.db, step);
  }

  private async inTransaction<T>(
    transaction: Transaction | undefined,
    work: (db: Database) => Promise<T>,
  ): Promise<T> {
    return transaction ? work(handleOf(this.db, transaction)) : this.db.transaction(work);
  }
}
