import type { Transaction } from '../../common/unit-of-work.js';
import { type GrantSearch, isSought } from '../../tokens/sessions/grant-search.js';
import { endsWithParent, isExpired, type NewSession, type Session } from '../../tokens/sessions/session.js';
import type { SessionPage } from '../../tokens/sessions/session-page.js';
import type { SessionRotation } from '../../tokens/sessions/session-rotation.js';
import {
  type AllToEnd,
  type CreatedBounded,
  ENDED_AT_ONCE,
  type EndedAll,
  type OpenGrant,
  type SessionBound,
  type SessionEnding,
  SessionsRepository,
} from '../../tokens/sessions/sessions.repository.js';
import { SessionEndedError } from '../../tokens/sessions/sessions.errors.js';
import { EVERYONE, InMemoryRevocationStore } from './in-memory-revocation-store.js';
import { MemoryTable } from './memory-table.js';
import { byLastUse, copyOf, isOpen } from './session-rows.js';

/** Of those beyond a bound. */
const SURPLUS_AT_ONCE = 1_000;

/**
 * Sessions in memory: every step is atomic, since it is one turn of the event loop. However many end at once, their rows say so
 * at once.
 */
export class InMemorySessionsRepository extends SessionsRepository {
  override readonly transactional = true;
  private readonly sessions = new MemoryTable<Session>();
  private readonly eras = new MemoryTable<number>();
  private lastEra = 0;

  /** @param revocations where it records that the access tokens of ended sessions are dead */
  constructor(private readonly revocations = new InMemoryRevocationStore()) {
    super();
  }

  async ping(): Promise<void> {}

  async create(session: NewSession, transaction?: Transaction): Promise<number> {
    return this.add(session, transaction);
  }

  async createBounded(
    session: NewSession,
    { others, ending, accompany }: SessionBound,
    transaction: Transaction,
  ): Promise<CreatedBounded> {
    const own = this.open(session.subject, ending.now).filter(({ clientId }) => clientId === null);
    const surplus = own.slice(others).slice(-SURPLUS_AT_ONCE).toReversed();
    const era = this.add(session, transaction);
    for (const one of surplus) this.close(one, ending, transaction);
    const ended = surplus.map(({ id }) => id);
    const children = ended.flatMap((id) => this.closeChildren(id, ending, transaction));
    if (ended.length > 0) await accompany(ended);
    return { era, ended, children };
  }

  async findById(id: string): Promise<Session | undefined> {
    const session = this.sessions.get(id);
    return session && copyOf(session);
  }

  async findOpen(subject: string, now: Date, { limit, after }: SessionPage): Promise<Session[]> {
    const open = this.open(subject, now).filter((session) => !after || byLastUse(after, session) < 0);
    return open.slice(0, limit).map(copyOf);
  }

  override async findGrants(search: GrantSearch): Promise<OpenGrant[]> {
    const open = this.sessions.all().filter((session) => isSought(session, search));
    return open.slice(0, search.limit).map(({ id, subject }) => ({ id, subject }));
  }

  async findPast(subject: string, now: Date, limit: number): Promise<Session[]> {
    return this.of(subject)
      .filter((session) => session.endedAt !== null || isExpired(session, now.getTime()))
      .toSorted(byLastUse)
      .slice(0, limit)
      .map(copyOf);
  }

  async rotate(rotation: SessionRotation): Promise<Session | undefined> {
    const { id, generation, secretHash, clientId, jkt, now, graceUntil, idleExpiresAt } = rotation;
    const session = this.sessions.get(id);
    const isTheirs = session?.generation === generation && session.secretHash === secretHash;
    if (session?.jkt && session.jkt !== jkt) return undefined;
    if (!isTheirs || session.clientId !== clientId || !isOpen(session, now)) return undefined;
    const rotated: Session = {
      ...session,
      generation: generation + 1,
      graceUntil,
      lastUsedAt: now,
      idleExpiresAt: new Date(Math.min(idleExpiresAt.getTime(), session.expiresAt.getTime())),
    };
    this.sessions.set(id, rotated);
    return copyOf(rotated);
  }

  async reauthenticate(id: string, subject: string, now: Date, transaction?: Transaction): Promise<boolean> {
    const session = this.sessions.get(id);
    if (session?.subject !== subject || !isOpen(session, now)) return false;
    this.sessions.set(id, { ...session, reauthenticatedAt: now }, transaction);
    return true;
  }

  async end(
    id: string,
    subject: string,
    ending: SessionEnding,
    transaction?: Transaction,
  ): Promise<string[]> {
    const session = this.sessions.get(id);
    if (session?.subject !== subject || session.endedAt) return [];
    this.close(session, ending, transaction);
    return [id, ...this.closeChildren(id, ending, transaction)];
  }

  async endAll(subject: string, all: AllToEnd, transaction?: Transaction): Promise<EndedAll> {
    const ended = this.beginEra(subject, this.of(subject), all, transaction);
    if (all.erase)
      for (const { id, endedAt } of this.of(subject)) if (endedAt) this.sessions.delete(id, transaction);
    return ended;
  }

  async endAllForEveryone(ending: SessionEnding, transaction?: Transaction): Promise<EndedAll> {
    return this.beginEra(EVERYONE, this.sessions.all(), ending, transaction);
  }

  async settle(): Promise<void> {}

  /** Removes all sessions. */
  clear(): void {
    this.sessions.clear();
    this.eras.clear();
  }

  private add(session: NewSession, transaction: Transaction | undefined): number {
    if (this.sessions.get(session.id)) throw new Error(`There is a session ${session.id} already.`);
    const parent = session.parentId === null ? undefined : this.sessions.get(session.parentId);
    const isWithinOpen = parent?.subject === session.subject && parent.endedAt === null;
    if (session.parentId !== null && !isWithinOpen) throw new SessionEndedError();
    const era = Math.max(this.eras.get(session.subject) ?? 0, this.eras.get(EVERYONE) ?? 0);
    this.sessions.set(session.id, { ...session, era }, transaction);
    return era;
  }

  private close(session: Session, ending: SessionEnding, transaction: Transaction | undefined): void {
    const { id } = session;
    this.sessions.set(id, { ...session, endedAt: ending.now, endReason: ending.reason }, transaction);
    const expiresAt = ending.revokedUntil;
    this.revocations.record({ kind: 'session', id, issuedBefore: null, expiresAt }, transaction);
  }

  private closeChildren(
    parentId: string,
    ending: SessionEnding,
    transaction: Transaction | undefined,
  ): string[] {
    const isDue = (session: Session) => session.parentId === parentId && endsWithParent(session);
    const due = this.sessions.all().filter((session) => session.endedAt === null && isDue(session));
    for (const child of due) this.close(child, { ...ending, reason: 'parent_ended' }, transaction);
    return due.map(({ id }) => id);
  }

  private beginEra(
    subject: string,
    sessions: readonly Session[],
    all: AllToEnd,
    transaction: Transaction | undefined,
  ): EndedAll {
    const { now, reason, revokedUntil, except } = all;
    const open = sessions.filter(({ endedAt }) => endedAt === null).toSorted(byLastUse);
    const spared = open.find(({ id }) => id === except);
    const ended = open.filter((session) => session !== spared);
    this.lastEra += 1;
    const era = { number: this.lastEra, spared: spared?.id ?? null };
    if (spared) this.sessions.set(spared.id, { ...spared, era: era.number }, transaction);
    for (const session of ended.slice(0, ENDED_AT_ONCE)) this.close(session, all, transaction);
    for (const session of ended.slice(ENDED_AT_ONCE))
      this.sessions.set(session.id, { ...session, endedAt: now, endReason: reason }, transaction);
    this.eras.set(subject, era.number, transaction);
    const revoked = { id: subject, issuedBefore: now, expiresAt: revokedUntil, era };
    this.revocations.record({ kind: 'era', ...revoked }, transaction);
    return { count: ended.length, ids: ended.slice(0, ENDED_AT_ONCE).map(({ id }) => id), era };
  }

  private of(subject: string): Session[] {
    return this.sessions.all().filter((session) => session.subject === subject);
  }

  /** The most recently used first. */
  private open(subject: string, now: Date): Session[] {
    return this.of(subject)
      .filter((session) => isOpen(session, now))
      .toSorted(byLastUse);
  }
}
