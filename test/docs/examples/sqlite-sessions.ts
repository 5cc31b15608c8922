import type Database from 'libsql';
import {
  type AllToEnd,
  type CreatedBounded,
  ENDED_AT_ONCE,
  type EndedAll,
  eraOfTokenId,
  type NewSession,
  type Revocation,
  RevocationStore,
  type Session,
  type SessionBound,
  SessionEndedError,
  type SessionEnding,
  type SessionPage,
  type SessionRotation,
  SessionsRepository,
  type TokenIdentity,
} from 'latchkey';

/** A document each, and beside it what is asked for. Times are milliseconds; an era of the subject '' is everyone's. */
const TABLES = `
  create table if not exists sessions (
    id text primary key, subject text not null, document text not null,
    generation int as (document ->> 'generation'), secret text as (document ->> 'secretHash'),
    client text as (document ->> 'clientId'), parent text as (document ->> 'parentId'),
    used int as (document ->> 'lastUsedAt'), ended int as (document ->> 'endedAt'),
    expires int as (min(document ->> 'idleExpiresAt', document ->> 'expiresAt'))
  );
  create index if not exists sessions_of_subject on sessions (subject, used desc, id desc);
  create table if not exists revocations (kind text, id text, document text not null, primary key (kind, id));
  create table if not exists eras (number integer primary key autoincrement, subject text not null);
`;
const OPEN = 'subject = ? and ended is null and expires > ?';
const LAST_USED_FIRST = 'order by used desc, id desc limit ?';

/** Each step is a statement, or a transaction that no other process interrupts. */
export class SqliteSessions extends SessionsRepository {
  constructor(private readonly db: Database.Database) {
    super();
    db.exec(TABLES);
  }

  async ping(): Promise<void> {
    this.db.prepare('select 1').get();
  }

  async create(session: NewSession): Promise<number> {
    return this.atomically(() => this.insert(session));
  }

  async createBounded(session: NewSession, bound: SessionBound): Promise<CreatedBounded> {
    const { others, ending, accompany } = bound;
    const created = this.atomically(() => {
      const own = `where ${OPEN} and client is null ${LAST_USED_FIRST}`;
      const open = this.sessions(own, session.subject, Number(ending.now), -1);
      const surplus = open.slice(others).slice(-1_000).toReversed();
      const children = surplus.flatMap((one) => this.closeWithGrants(one, ending).slice(1));
      return { era: this.insert(session), ended: surplus.map(({ id }) => id), children };
    });
    if (created.ended.length > 0) await accompany(created.ended);
    return created;
  }

  async findById(id: string): Promise<Session | undefined> {
    return this.sessions('where id = ?', id)[0];
  }

  async findOpen(subject: string, now: Date, { limit, after }: SessionPage): Promise<Session[]> {
    const from = after ? [Number(after.lastUsedAt), after.id] : [Infinity, ''];
    const where = `where ${OPEN} and (used, id) < (?, ?) ${LAST_USED_FIRST}`;
    return this.sessions(where, subject, Number(now), ...from, limit);
  }

  async findPast(subject: string, now: Date, limit: number): Promise<Session[]> {
    const where = `where subject = ? and (ended is not null or expires <= ?) ${LAST_USED_FIRST}`;
    return this.sessions(where, subject, Number(now), limit);
  }

  /** One statement: of several with the same token, one finds the generation that it names. */
  async rotate(rotation: SessionRotation): Promise<Session | undefined> {
    const { id, generation, secretHash, clientId, jkt, now, graceUntil, idleExpiresAt } = rotation;
    const row = this.db
      .prepare(
        `update sessions set document = json_set(document, '$.generation', generation + 1, '$.graceUntil', ?,
           '$.lastUsedAt', ?, '$.idleExpiresAt', min(?, document ->> 'expiresAt'))
         where id = ? and generation = ? and secret = ? and client is ?
           and ifnull(document ->> 'jkt', ?) is ? and ended is null and expires > ?
         returning document`,
      )
      .get(
        graceUntil && Number(graceUntil),
        +now,
        +idleExpiresAt,
        id,
        generation,
        secretHash,
        clientId,
        jkt,
        jkt,
        +now,
      );
    return row ? sessionOf(row as Row) : undefined;
  }

  async reauthenticate(id: string, subject: string, now: Date): Promise<boolean> {
    const set = `update sessions set document = json_set(document, '$.reauthenticatedAt', ?)`;
    return this.db.prepare(`${set} where id = ? and ${OPEN}`).run(+now, id, subject, +now).changes > 0;
  }

  async end(id: string, subject: string, ending: SessionEnding): Promise<string[]> {
    return this.atomically(() => {
      const [session] = this.sessions('where id = ? and subject = ? and ended is null', id, subject);
      return session ? this.closeWithGrants(session, ending) : [];
    });
  }

  async endAll(subject: string, all: AllToEnd): Promise<EndedAll> {
    return this.atomically(() => {
      const ended = this.beginEra(subject, 'subject = ?', all);
      if (all.erase)
        this.db.prepare('delete from sessions where subject = ? and ended is not null').run(subject);
      return ended;
    });
  }

  async endAllForEveryone(ending: SessionEnding): Promise<EndedAll> {
    return this.atomically(() => this.beginEra('', "'' = ?", ending));
  }

  /** The rows say all of it at once. */
  async settle(): Promise<void> {}

  private beginEra(subject: string, whose: string, all: AllToEnd): EndedAll {
    const { now, reason, revokedUntil, except } = all;
    const open = this.sessions(`where ${whose} and ended is null ${LAST_USED_FIRST}`, subject, -1);
    const spared = open.find(({ id }) => id === except);
    const ended = open.filter((session) => session !== spared);
    const { lastInsertRowid } = this.db.prepare('insert into eras (subject) values (?)').run(subject);
    const era = { number: Number(lastInsertRowid), spared: spared?.id ?? null };
    if (spared) this.store({ ...spared, era: era.number });
    for (const session of ended.slice(ENDED_AT_ONCE))
      this.store({ ...session, endedAt: now, endReason: reason });
    for (const session of ended.slice(0, ENDED_AT_ONCE)) this.close(session, all);
    record(this.db, { kind: 'era', id: subject, issuedBefore: now, expiresAt: revokedUntil, era });
    return { count: ended.length, ids: ended.slice(0, ENDED_AT_ONCE).map(({ id }) => id), era };
  }

  private insert(session: NewSession): number {
    if (session.parentId !== null) {
      const within = 'where id = ? and subject = ? and ended is null';
      if (this.sessions(within, session.parentId, session.subject).length === 0)
        throw new SessionEndedError();
    }
    const row = this.db
      .prepare("select max(number) as era from eras where subject in (?, '')")
      .get(session.subject) as { era: number | null };
    const era = row.era ?? 0;
    const { changes } = this.db
      .prepare('insert or ignore into sessions (id, subject, document) values (?, ?, ?)')
      .run(session.id, session.subject, documentOf({ ...session, era }));
    if (changes === 0) throw new Error(`There is a session ${session.id} already.`);
    return era;
  }

  private close(session: Session, { now, reason, revokedUntil }: SessionEnding): void {
    this.store({ ...session, endedAt: now, endReason: reason });
    record(this.db, { kind: 'session', id: session.id, issuedBefore: null, expiresAt: revokedUntil });
  }

  /** What was granted in it ends, too. @returns the ids of those that it ended */
  private closeWithGrants(session: Session, ending: SessionEnding): string[] {
    this.close(session, ending);
    const granted = this.sessions('where parent = ? and ended is null', session.id);
    const children = granted.filter(({ scopes }) => !scopes?.includes('offline_access'));
    for (const child of children) this.close(child, { ...ending, reason: 'parent_ended' });
    return [session.id, ...children.map(({ id }) => id)];
  }

  private store(session: Session): void {
    this.db.prepare('update sessions set document = ? where id = ?').run(documentOf(session), session.id);
  }

  private sessions(condition: string, ...values: readonly (string | number)[]): Session[] {
    const rows = this.db.prepare(`select document from sessions ${condition}`).all(...values);
    return (rows as Row[]).map(sessionOf);
  }

  /** What throws takes all of it back. */
  private atomically<T>(work: () => T): T {
    return this.db.transaction(work).immediate();
  }
}

/** Reads what `SqliteSessions` writes down as it ends sessions. */
export class SqliteRevocations extends RevocationStore {
  /** Other processes may write to the file. */
  readonly shared = true;

  constructor(private readonly db: Database.Database) {
    super();
    db.exec(TABLES);
  }

  async add(revocation: Revocation): Promise<Revocation> {
    return this.db.transaction(() => record(this.db, revocation)).immediate();
  }

  async all(): Promise<Revocation[]> {
    const rows = this.db.prepare('select document from revocations').all();
    return (rows as Row[]).map(revocationOf);
  }

  /** All are few: what has expired is deleted every now and then, by a job of yours. */
  recent(): Promise<Revocation[]> {
    return this.all();
  }

  async isRevoked({ sessionId, subject, tokenId, issuedAt }: TokenIdentity): Promise<boolean> {
    const rows = this.db
      .prepare(
        `select document from revocations where (kind, id) in (values ('session', ?), ('subject', ?), ('token', ?),
           ('all', ''), ('era', ?), ('era', ''))`,
      )
      .all(sessionId, subject, tokenId, subject);
    const ownEra = eraOfTokenId(tokenId);
    return (rows as Row[]).map(revocationOf).some(({ issuedBefore, era }) => {
      if (!era) return issuedAt < (issuedBefore?.getTime() ?? Infinity);
      if (era.spared === sessionId) return false;
      return ownEra === undefined ? issuedAt <= Number(issuedBefore) : ownEra < era.number;
    });
  }
}

/** Of two times the later; one that is named already is moved on by a second. Null is for good. @returns what holds now */
function record(db: Database.Database, revocation: Revocation): Revocation {
  const { kind, id } = revocation;
  const row = db.prepare('select document from revocations where kind = ? and id = ?').get(kind, id);
  const known = row && kind !== 'era' ? revocationOf(row as Row) : undefined;
  const [before, wanted] = [known?.issuedBefore, revocation.issuedBefore];
  const holds = known
    ? {
        ...revocation,
        issuedBefore: before && wanted && new Date(Math.max(Number(before) + 1_000, Number(wanted))),
        expiresAt: new Date(Math.max(Number(known.expiresAt), Number(revocation.expiresAt))),
      }
    : revocation;
  db.prepare('insert or replace into revocations values (?, ?, ?)').run(kind, id, documentOf(holds));
  return holds as Revocation;
}

interface Row {
  readonly document: string;
}

const TIMES = new Set([
  'graceUntil',
  'createdAt',
  'reauthenticatedAt',
  'lastUsedAt',
  'idleExpiresAt',
  'expiresAt',
  'endedAt',
  'issuedBefore',
]);

function documentOf(value: object): string {
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    part instanceof Date ? part.getTime() : part,
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

function parsed(document: string): unknown {
  return JSON.parse(document, (name, value: unknown) =>
    TIMES.has(name) && typeof value === 'number' ? new Date(value) : value,
  );
}

function sessionOf({ document }: Row): Session {
  return parsed(document) as Session;
}

function revocationOf({ document }: Row): Revocation {
  return parsed(document) as Revocation;
}
