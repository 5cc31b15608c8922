import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '../../src/common/unit-of-work.js';
import { newTokenId } from '../../src/tokens/revocation/token-id.js';
import type { Revocation } from '../../src/tokens/revocation/revocation.js';
import type { RevocationStore } from '../../src/tokens/revocation/revocation-store.js';
import type { Session, SessionEndReason } from '../../src/tokens/sessions/session.js';
import {
  ENDED_AT_ONCE,
  type SessionEnding,
  type SessionRotation,
  type SessionsRepository,
} from '../../src/tokens/sessions/sessions.repository.js';

/** One store of sessions and what reads the revocations that it records. */
export interface SessionsStore {
  /** On the same store, as separate processes would have them. */
  readonly repositories: readonly [SessionsRepository, ...SessionsRepository[]];
  /** Of each repository. */
  readonly units: readonly UnitOfWork[];
  readonly revocations: RevocationStore;
  /** Removes all sessions and revocations. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const MINUTE = 60_000;
/** Some stores also say since when they know at all. */
const ofSessions = (entries: Revocation[]) => entries.filter(({ kind }) => kind === 'session');

const ALL = { limit: 100 };
const T0 = Date.parse('2030-01-01T00:00:00.123Z');

/** What every `SessionsRepository` must do. Revocations are to be read by a clock that says `T0` or earlier. */
export function sessionsRepositoryContract(openStore: () => Promise<SessionsStore>): void {
  let store: SessionsStore;
  let sessions: SessionsRepository;

  beforeAll(async () => {
    store = await openStore();
    [sessions] = store.repositories;
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  /** The call on each instance in turn, all at once. */
  function atOnce<T>(times: number, call: (repository: SessionsRepository, index: number) => Promise<T>) {
    return Promise.all(
      Array.from({ length: times }, (_, index) => {
        return call(store.repositories[index % store.repositories.length] ?? sessions, index);
      }),
    );
  }

  async function created(fields: Partial<Session> = {}): Promise<Session> {
    const { era: _, ...session } = newSession(fields);
    return { ...session, era: await sessions.create(session) };
  }

  async function pagesOf(subject: string, limit: number): Promise<Session[]> {
    const all: Session[] = [];
    for (;;) {
      const page = await sessions.findOpen(subject, new Date(T0), { limit, after: all.at(-1) });
      all.push(...page);
      if (page.length < limit) return all;
    }
  }

  async function revokedIds(): Promise<string[]> {
    return ofSessions(await store.revocations.all())
      .map((revocation) => revocation.id)
      .toSorted();
  }

  /** Whether those are the access tokens that the sessions had when they were opened. */
  async function areRevoked(opened: readonly Session[]): Promise<boolean> {
    const revoked = await Promise.all(
      opened.map(({ id, subject, era }) =>
        store.revocations.isRevoked({
          sessionId: id,
          subject,
          tokenId: newTokenId(era),
          issuedAt: T0 + 99 * MINUTE,
        }),
      ),
    );
    expect(new Set(revoked).size).toBe(1);
    return revoked[0] ?? false;
  }

  describe('create and findById', () => {
    it('give back every field as it was, to the millisecond', async () => {
      const session = await created({
        subject: 'not-necessarily-a-uuid',
        generation: 41,
        graceUntil: new Date(T0 + 1),
        lastUsedAt: new Date(T0 + 999),
        ip: '2001:db8::1',
        userAgent: 'Mozilla/5.0 (X11; "quoted" \\ 🦊)',
      });

      expect(await sessions.findById(session.id)).toEqual(session);
    });

    it('keep apart what is absent', async () => {
      const session = await created({ graceUntil: null, ip: null, userAgent: null });

      expect(await sessions.findById(session.id)).toEqual(session);
    });

    it('refuse a second session of the same id', async () => {
      const session = await created();

      await expect(sessions.create({ ...session, subject: 'another' })).rejects.toThrow(Error);
      expect(await sessions.findById(session.id)).toEqual(session);
    });

    it('find nothing under an unknown id', async () => {
      await created();

      expect(await sessions.findById(randomUUID())).toBeUndefined();
    });

    it('find sessions that have ended or expired, too', async () => {
      const ended = await created();
      await sessions.end(ended.id, ended.subject, ending({ reason: 'logout' }));
      const expired = await created({ idleExpiresAt: new Date(0), expiresAt: new Date(0) });

      expect(await sessions.findById(ended.id)).toEqual({
        ...ended,
        endedAt: new Date(T0),
        endReason: 'logout',
      });
      expect(await sessions.findById(expired.id)).toEqual(expired);
    });
  });

  describe('createBounded', () => {
    /** By the instance of that number. @returns the ids of those it ended */
    async function add({ era: _, ...session }: Session, others: number, index = 0): Promise<string[]> {
      const which = index % store.repositories.length;
      const told: string[] = [];
      const accompany = (ids: readonly string[]) => {
        told.push(...ids);
        return Promise.resolve();
      };
      const bound = { others, ending: ending({ reason: 'too_many_sessions' }), accompany };
      const added = await store.units[which]?.run(async (transaction) => {
        return store.repositories[which]?.createBounded(session, bound, transaction);
      });
      expect(told.toSorted()).toEqual(added?.ended.toSorted());
      return told;
    }

    it('ends and revokes those used longest ago beyond the bound, and tells which', async () => {
      const subject = randomUUID();
      const used = (ago: number) => created({ subject, lastUsedAt: new Date(T0 - ago) });
      const [third, first, fourth, second] = [await used(3), await used(1), await used(4), await used(2)];
      const other = await created({ lastUsedAt: new Date(T0 - 9) });
      const added = newSession({ subject, lastUsedAt: new Date(T0) });

      expect(await add(added, 2)).toEqual([fourth.id, third.id]);
      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([added, first, second]);
      expect(await revokedIds()).toEqual(idsOf([third, fourth]));
      expect(await sessions.findById(fourth.id)).toMatchObject({ endReason: 'too_many_sessions' });
      expect(await sessions.findById(other.id)).toEqual(other);
    });

    it('counts neither ended nor expired ones, and leaves them as they are', async () => {
      const subject = randomUUID();
      const old = await created({ subject, lastUsedAt: new Date(T0 - 9) });
      const ended = await created({ subject });
      await sessions.end(ended.id, subject, ending());
      const expired = await created({ subject, lastUsedAt: new Date(T0 - 1), expiresAt: new Date(T0) });

      expect(await add(newSession({ subject, lastUsedAt: new Date(T0) }), 1)).toEqual([]);
      expect(await sessions.findById(expired.id)).toEqual(expired);
      expect((await sessions.findById(ended.id))?.endReason).toBe('logout');
      expect(await add(newSession({ subject, lastUsedAt: new Date(T0) }), 0)).toContain(old.id);
    });

    it('never ends the new one, although the clock it was opened by is behind', async () => {
      const before = await created({ lastUsedAt: new Date(T0) });
      const added = newSession({ subject: before.subject, lastUsedAt: new Date(T0 - MINUTE) });

      expect(await add(added, 0)).toEqual([before.id]);
      expect(await sessions.findById(added.id)).toEqual(added);
    });

    it.each([1, 3])('leaves %i of 20 that are created at once', async (bound) => {
      const subject = randomUUID();
      const all = Array.from({ length: 20 }, () => newSession({ subject }));
      const ended = await Promise.all(all.map((session, index) => add(session, bound - 1, index)));
      const open = await sessions.findOpen(subject, new Date(T0), ALL);

      expect(open).toHaveLength(bound);
      expect([...ended.flat(), ...open.map(({ id }) => id)].toSorted()).toEqual(idsOf(all));
      expect(await revokedIds()).toEqual(ended.flat().toSorted());
    });
  });

  describe('findOpen', () => {
    it('lists the subject’s sessions, the most recently used first, and no other’s', async () => {
      const subject = randomUUID();
      const [second, third, first] = [
        await created({ subject, lastUsedAt: new Date(T0 - 2) }),
        await created({ subject, lastUsedAt: new Date(T0 - 3) }),
        await created({ subject, lastUsedAt: new Date(T0 - 1) }),
      ];
      await created({ lastUsedAt: new Date(T0) });

      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([first, second, third]);
    });

    it('lists a session that was just used first', async () => {
      const subject = randomUUID();
      const used = await created({ subject, lastUsedAt: new Date(T0 - 2) });
      const other = await created({ subject, lastUsedAt: new Date(T0 - 1) });
      const rotated = await sessions.rotate(rotationOf(used));

      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([rotated, other]);
    });

    it('has the same order each time for sessions used at the same moment', async () => {
      const subject = randomUUID();
      await atOnce(10, (repository) => repository.create(newSession({ subject })));
      const [first, ...again] = await atOnce(6, (repository) =>
        repository.findOpen(subject, new Date(T0), ALL),
      );

      expect(first).toHaveLength(10);
      expect(again).toEqual(Array.from(again, () => first));
    });

    it.each([
      { what: 'idle expiry, the last moment', idle: T0 + 1, absolute: T0 + MINUTE, listed: true },
      { what: 'idle expiry, exactly', idle: T0, absolute: T0 + MINUTE, listed: false },
      { what: 'absolute expiry, the last moment', idle: T0 + 1, absolute: T0 + 1, listed: true },
      { what: 'absolute expiry, exactly', idle: T0 + MINUTE, absolute: T0, listed: false },
    ])('leaves out what has expired ($what: listed $listed)', async ({ idle, absolute, listed }) => {
      const session = await created({ idleExpiresAt: new Date(idle), expiresAt: new Date(absolute) });

      expect(await sessions.findOpen(session.subject, new Date(T0), ALL)).toEqual(listed ? [session] : []);
    });

    it('leaves out what has ended', async () => {
      const session = await created();
      await sessions.end(session.id, session.subject, ending());

      expect(await sessions.findOpen(session.subject, new Date(T0), ALL)).toEqual([]);
    });

    it('gives page after page, each session once, also those used at the same moment', async () => {
      const subject = randomUUID();
      const moments = [1, 2, 2, 2, 2, 3, 3, 4, 5].map((ago) => new Date(T0 - ago));
      await Promise.all(moments.map((lastUsedAt) => created({ subject, lastUsedAt })));
      await created({ subject, lastUsedAt: new Date(T0 - 2), idleExpiresAt: new Date(T0) });
      const all = await sessions.findOpen(subject, new Date(T0), ALL);

      expect(all).toHaveLength(moments.length);
      for (const limit of [1, 2, 3, 9]) expect(await pagesOf(subject, limit)).toEqual(all);
    });

    it('goes on where the page ended although the sessions before it are used or end meanwhile', async () => {
      const subject = randomUUID();
      const [third, second, first] = [
        await created({ subject, lastUsedAt: new Date(T0 - 3) }),
        await created({ subject, lastUsedAt: new Date(T0 - 2) }),
        await created({ subject, lastUsedAt: new Date(T0 - 1) }),
      ];
      await sessions.rotate(rotationOf(second));
      await sessions.end(first.id, subject, ending());

      expect(await sessions.findOpen(subject, new Date(T0), { limit: 5, after: second })).toEqual([third]);
    });

    it('finds the open ones behind any number that are over', async () => {
      const subject = randomUUID();
      const over = { subject, lastUsedAt: new Date(T0 - 1), idleExpiresAt: new Date(T0) };
      await atOnce(250, (repository) => repository.create(newSession(over)));
      const open = await created({ subject, lastUsedAt: new Date(T0 - 2) });

      expect(await sessions.findOpen(subject, new Date(T0), { limit: 1 })).toEqual([open]);
    });

    it('is empty for an unknown subject', async () => {
      expect(await sessions.findOpen(randomUUID(), new Date(T0), ALL)).toEqual([]);
    });
  });

  describe('rotate', () => {
    it('moves generation, grace, last use and idle expiry, keeps all else, and gives back what is stored', async () => {
      const session = await created({ generation: 7 });
      const other = await created({ subject: session.subject, generation: 7 });
      const rotated = await sessions.rotate(rotationOf(session, { now: new Date(T0 + 5) }));

      expect(rotated).toEqual({
        ...session,
        generation: 8,
        graceUntil: new Date(T0 + 10_000),
        lastUsedAt: new Date(T0 + 5),
        idleExpiresAt: new Date(T0 + 10 * MINUTE),
      });
      expect(await sessions.findById(session.id)).toEqual(rotated);
      expect(await sessions.findById(other.id)).toEqual(other);
    });

    it('can go on from what it gave back, generation after generation', async () => {
      const session = await created();
      let current: Session | undefined = session;
      for (let generation = 1; generation <= 20; generation += 1) {
        current = await sessions.rotate(rotationOf(current ?? session));
        expect(current?.generation).toBe(generation);
      }
    });

    it.each([
      { what: 'an earlier generation', wrong: { generation: 4 } },
      { what: 'a later generation', wrong: { generation: 6 } },
      { what: 'another secret', wrong: { secretHash: 'another' } },
      { what: 'the secret in another case', wrong: { secretHash: 'SECRET-HASH' } },
      { what: 'no secret', wrong: { secretHash: '' } },
      { what: 'an unknown id', wrong: { id: randomUUID() } },
    ])('changes nothing for $what', async ({ wrong }) => {
      const session = await created({ generation: 5, secretHash: 'secret-hash' });

      expect(await sessions.rotate(rotationOf(session, wrong))).toBeUndefined();
      expect(await sessions.findById(session.id)).toEqual(session);
    });

    it.each([
      { what: 'idle expiry, the last moment', idle: T0 + 1, absolute: T0 + MINUTE, rotates: true },
      { what: 'idle expiry, exactly', idle: T0, absolute: T0 + MINUTE, rotates: false },
      { what: 'idle expiry, passed', idle: T0 - 1, absolute: T0 + MINUTE, rotates: false },
      { what: 'absolute expiry, the last moment', idle: T0 + 1, absolute: T0 + 1, rotates: true },
      { what: 'absolute expiry, exactly', idle: T0 + MINUTE, absolute: T0, rotates: false },
      { what: 'absolute expiry, passed', idle: T0 + MINUTE, absolute: T0 - 1, rotates: false },
    ])('heeds expiry to the millisecond ($what: rotates $rotates)', async ({ idle, absolute, rotates }) => {
      const session = await created({ idleExpiresAt: new Date(idle), expiresAt: new Date(absolute) });
      const rotated = await sessions.rotate(rotationOf(session));

      expect(rotated?.generation).toBe(rotates ? 1 : undefined);
      expect(await sessions.findById(session.id)).toEqual(rotates ? rotated : session);
    });

    it.each([
      { wanted: T0 + 20 * MINUTE - 1, stored: T0 + 20 * MINUTE - 1 },
      { wanted: T0 + 20 * MINUTE, stored: T0 + 20 * MINUTE },
      { wanted: T0 + 20 * MINUTE + 1, stored: T0 + 20 * MINUTE },
      { wanted: T0 + 2_000 * MINUTE, stored: T0 + 20 * MINUTE },
    ])('caps idle expiry at the absolute end: $wanted becomes $stored', async ({ wanted, stored }) => {
      const session = await created({ expiresAt: new Date(T0 + 20 * MINUTE) });
      const rotated = await sessions.rotate(rotationOf(session, { idleExpiresAt: new Date(wanted) }));

      expect(rotated?.idleExpiresAt).toEqual(new Date(stored));
      expect(rotated?.expiresAt).toEqual(session.expiresAt);
    });

    it('never moves a session that has ended', async () => {
      const session = await created();
      await sessions.end(session.id, session.subject, ending());
      const ended = await sessions.findById(session.id);

      expect(await sessions.rotate(rotationOf(session))).toBeUndefined();
      expect(await sessions.findById(session.id)).toEqual(ended);
    });

    it('lets exactly one of 100 concurrent rotations of one generation win', async () => {
      const session = await created();
      const results = await atOnce(100, (repository, index) => {
        return repository.rotate(rotationOf(session, { graceUntil: new Date(T0 + index) }));
      });

      const won = results.filter((result) => result !== undefined);
      expect(won).toHaveLength(1);
      expect(won[0]?.generation).toBe(1);
      expect(await sessions.findById(session.id)).toEqual(won[0]);
    });

    it('does not hold up the rotation of other sessions', async () => {
      const all = await Promise.all(Array.from({ length: 50 }, () => created()));
      const results = await atOnce(50, (repository, index) => repository.rotate(rotationOf(all[index])));

      expect(results.map((result) => result?.id)).toEqual(all.map((session) => session.id));
    });
  });

  describe('end', () => {
    it('ends the session and records that its access tokens are revoked', async () => {
      const session = await created();
      const other = await created({ subject: session.subject });
      const end = ending({ reason: 'ended_by_user', now: new Date(T0 + 7) });

      expect(await sessions.end(session.id, session.subject, end)).toBe(true);
      expect(await sessions.findById(session.id)).toEqual({
        ...session,
        endedAt: new Date(T0 + 7),
        endReason: 'ended_by_user',
      });
      expect(await sessions.findById(other.id)).toEqual(other);
      expect(ofSessions(await store.revocations.all())).toMatchObject([
        { kind: 'session', id: session.id, expiresAt: end.revokedUntil },
      ]);
      expect(ofSessions(await store.revocations.recent(60_000))).toMatchObject([
        { kind: 'session', id: session.id, expiresAt: end.revokedUntil },
      ]);
    });

    it('ends it once: the first reason and time stay', async () => {
      const session = await created();
      const first = ending({ reason: 'reuse_recent' });
      await sessions.end(session.id, session.subject, first);
      const again = ending({
        reason: 'logout',
        now: new Date(T0 + 1),
        revokedUntil: new Date(T0 + 99 * MINUTE),
      });

      expect(await sessions.end(session.id, session.subject, again)).toBe(false);
      expect(await sessions.findById(session.id)).toMatchObject({
        endedAt: first.now,
        endReason: 'reuse_recent',
      });
      expect(ofSessions(await store.revocations.all())).toMatchObject([{ expiresAt: first.revokedUntil }]);
    });

    it.each([
      { what: 'another subject', wrong: { subject: randomUUID() } },
      { what: 'no subject', wrong: { subject: '' } },
      { what: 'an unknown id', wrong: { id: randomUUID() } },
    ])('ends and revokes nothing for $what', async ({ wrong }) => {
      const session = await created();
      const { id, subject } = { ...session, ...wrong };

      expect(await sessions.end(id, subject, ending())).toBe(false);
      expect(await sessions.findById(session.id)).toEqual(session);
      expect(await revokedIds()).toEqual([]);
    });

    it('ends a session whose time is over, since its access tokens may outlive it', async () => {
      const session = await created({ idleExpiresAt: new Date(T0 - 1) });

      expect(await sessions.end(session.id, session.subject, ending())).toBe(true);
      expect(await revokedIds()).toEqual([session.id]);
    });

    it('is done by exactly one of 20 concurrent calls', async () => {
      const session = await created();
      const results = await atOnce(20, (repository, index) => {
        return repository.end(session.id, session.subject, ending({ now: new Date(T0 + index) }));
      });

      expect(results.filter(Boolean)).toHaveLength(1);
      expect((await sessions.findById(session.id))?.endedAt).toEqual(new Date(T0 + results.indexOf(true)));
      expect(await revokedIds()).toEqual([session.id]);
    });

    it('wins over concurrent rotations: nothing rotates afterwards', async () => {
      const session = await created();
      const results = await atOnce<boolean | Session | undefined>(21, (repository, index) => {
        return index === 10
          ? repository.end(session.id, session.subject, ending())
          : repository.rotate(rotationOf(session));
      });
      const after = await sessions.findById(session.id);

      expect(results[10]).toBe(true);
      expect(after?.endedAt).toEqual(new Date(T0));
      expect(await sessions.rotate(rotationOf(after))).toBeUndefined();
      expect(await sessions.findById(session.id)).toEqual(after);
      expect(await revokedIds()).toEqual([session.id]);
    });
  });

  describe('findPast', () => {
    it('lists what has ended or expired of the subject, the most recently used first', async () => {
      const subject = randomUUID();
      const open = await created({ subject });
      const ended = await created({ subject, lastUsedAt: new Date(T0 + 1) });
      const later = await created({ subject, lastUsedAt: new Date(T0 + 2) });
      const other = await created();
      const expired = await created({ subject, lastUsedAt: new Date(T0 - 1), idleExpiresAt: new Date(T0) });
      await sessions.end(later.id, subject, ending());
      await sessions.end(ended.id, subject, ending());
      await sessions.end(other.id, other.subject, ending());
      const past = async (limit: number) => idsInOrder(await sessions.findPast(subject, new Date(T0), limit));

      expect(await past(10)).toEqual([later.id, ended.id, expired.id]);
      expect(await past(2)).toEqual([later.id, ended.id]);
      expect(await sessions.findById(open.id)).toEqual(open);
    });
  });

  describe('endAll that erases', () => {
    it('deletes what ends and what has ended, of the subject only, and keeps what was revoked', async () => {
      const subject = randomUUID();
      const [open, ended, other] = [await created({ subject }), await created({ subject }), await created()];
      await sessions.end(ended.id, subject, ending());
      await sessions.end(other.id, other.subject, ending());
      await sessions.endAll(subject, { ...ending(), erase: true });
      await sessions.settle(() => Promise.resolve(true));

      expect(await sessions.findPast(subject, new Date(T0), 10)).toEqual([]);
      expect(await sessions.findById(ended.id)).toBeUndefined();
      expect(await sessions.findById(open.id)).toBeUndefined();
      expect(await sessions.findById(other.id)).toBeDefined();
      expect(await revokedIds()).toEqual([ended.id, open.id, other.id].toSorted());
    });
  });

  describe('reauthenticate', () => {
    it('notes the time, which a rotation keeps, and changes nothing else', async () => {
      const session = await created();
      const now = new Date(T0 + 7);
      expect(await sessions.reauthenticate(session.id, session.subject, now)).toBe(true);

      expect(await sessions.findById(session.id)).toEqual({ ...session, reauthenticatedAt: now });
      expect((await sessions.rotate(rotationOf(session)))?.reauthenticatedAt).toEqual(now);
      expect((await sessions.findOpen(session.subject, now, ALL))[0]?.reauthenticatedAt).toEqual(now);
    });

    it('of a session that is another’s, unknown, ended or expired changes nothing', async () => {
      const now = new Date(T0);
      const session = await created();
      const expired = await created({ idleExpiresAt: now });
      const ended = await created();
      await sessions.end(ended.id, ended.subject, ending());

      for (const [id, subject] of [
        [session.id, randomUUID()],
        [randomUUID(), session.subject],
        [expired.id, expired.subject],
        [ended.id, ended.subject],
      ] as const) {
        expect(await sessions.reauthenticate(id, subject, now)).toBe(false);
      }
      for (const { id } of [session, expired, ended]) {
        expect((await sessions.findById(id))?.reauthenticatedAt).toBeNull();
      }
    });
  });

  describe('endAllForEveryone', () => {
    it('ends all open sessions at once, and their access tokens', async () => {
      const all = await atOnce(50, async () => created());
      const before = await created();
      await sessions.end(before.id, before.subject, ending({ reason: 'logout' }));
      const { count } = await sessions.endAllForEveryone(ending({ reason: 'ended_by_admin' }));

      expect(count).toBe(all.length);
      for (const { id, subject } of all) {
        expect(await sessions.findById(id)).toMatchObject({
          endedAt: new Date(T0),
          endReason: 'ended_by_admin',
        });
        expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      }
      expect(await areRevoked(all)).toBe(true);
      expect((await sessions.findById(before.id))?.endReason).toBe('logout');
      expect(await sessions.endAllForEveryone(ending())).toMatchObject({ count: 0 });
    });

    it('leaves none open that a refresh moves on meanwhile', async () => {
      const all = await atOnce(40, async () => created());
      await Promise.all([
        sessions.endAllForEveryone(ending()),
        ...all.map((session) => sessions.rotate(rotationOf(session))),
      ]);

      for (const { id } of all) {
        const after = await sessions.findById(id);
        expect(after?.endedAt).toEqual(new Date(T0));
        expect(await sessions.rotate(rotationOf(after))).toBeUndefined();
      }
      expect(await areRevoked(all)).toBe(true);
    });

    it('ends none that is opened afterwards', async () => {
      const { subject } = await created();
      await sessions.endAllForEveryone(ending());
      const later = await created({ subject, createdAt: new Date(0) });

      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([later]);
      expect(await areRevoked([later])).toBe(false);
      expect((await sessions.rotate(rotationOf(later)))?.era).toBe(later.era);
    });
  });

  describe('endAll', () => {
    it('ends all sessions of the subject, revokes each, and gives back their ids', async () => {
      const subject = randomUUID();
      const own = await Promise.all([1, 2, 3].map(() => created({ subject })));
      const other = await created();
      const end = ending({ reason: 'logout_all' });
      const { ids, count } = await sessions.endAll(subject, end);

      expect([ids.toSorted(), count]).toEqual([idsOf(own), 3]);
      expect(await revokedIds()).toEqual(idsOf(own));
      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      for (const session of own) {
        expect(await sessions.findById(session.id)).toEqual({
          ...session,
          endedAt: end.now,
          endReason: 'logout_all',
        });
      }
      expect(await sessions.findById(other.id)).toEqual(other);
      expect(await areRevoked([other])).toBe(false);
    });

    it('spares the excepted one, and its access tokens', async () => {
      const subject = randomUUID();
      const [spared, ...others] = [
        await created({ subject }),
        await created({ subject }),
        await created({ subject }),
      ];
      const end = ending({ reason: 'password_changed' });
      const { ids, era } = await sessions.endAll(subject, { ...end, except: spared.id });

      expect(ids.toSorted()).toEqual(idsOf(others));
      expect(await revokedIds()).toEqual(idsOf(others));
      expect(await areRevoked([spared])).toBe(false);
      const after = { ...spared, era: era.number };
      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([after]);
      expect((await sessions.rotate(rotationOf(after)))?.generation).toBe(1);
    });

    it('spares none that was ended by another of the kind', async () => {
      const subject = randomUUID();
      const [one, other] = [await created({ subject }), await created({ subject })];
      await sessions.endAll(subject, { ...ending(), except: one.id });
      const { count, era } = await sessions.endAll(subject, { ...ending(), except: other.id });

      expect([count, era.spared]).toEqual([1, null]);
      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      expect(await areRevoked([one, other])).toBe(true);
    });

    it('does not end the subject’s sessions less for an exception that is another’s', async () => {
      const session = await created();
      const other = await created();

      expect(await sessions.endAll(session.subject, { ...ending(), except: other.id })).toMatchObject({
        ids: [session.id],
        era: { spared: null },
      });
      expect(await sessions.findById(other.id)).toEqual(other);
    });

    it('leaves alone what had ended before', async () => {
      const subject = randomUUID();
      const before = await created({ subject });
      const open = await created({ subject });
      const first = ending({ reason: 'logout' });
      await sessions.end(before.id, subject, first);
      const { ids } = await sessions.endAll(subject, ending({ now: new Date(T0 + 1), reason: 'logout_all' }));

      expect(ids).toEqual([open.id]);
      expect(await sessions.findById(before.id)).toMatchObject({ endedAt: first.now, endReason: 'logout' });
    });

    it('ends nothing for an unknown subject, or a second time', async () => {
      const session = await created();

      expect(await sessions.endAll(randomUUID(), ending())).toMatchObject({ ids: [], count: 0 });
      expect(await sessions.endAll(session.subject, ending())).toMatchObject({ ids: [session.id] });
      expect(await sessions.endAll(session.subject, ending())).toMatchObject({ ids: [], count: 0 });
      expect(await revokedIds()).toEqual([session.id]);
    });

    it('called 10 times at once, ends each session once', async () => {
      const subject = randomUUID();
      const own = await Promise.all(Array.from({ length: 10 }, () => created({ subject })));
      const results = await atOnce(10, (repository) => repository.endAll(subject, ending()));

      expect(results.flatMap(({ ids }) => ids).toSorted()).toEqual(idsOf(own));
      expect(new Set(results.map(({ era }) => era.number)).size).toBe(10);
      expect(await revokedIds()).toEqual(idsOf(own));
    });

    it('ends none that is opened afterwards, whatever the clock says, and those are ended by the next', async () => {
      const subject = randomUUID();
      await created({ subject });
      await sessions.endAll(subject, ending());
      const later = await created({ subject, createdAt: new Date(0) });

      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([later]);
      expect(await areRevoked([later])).toBe(false);
      expect(await sessions.endAll(subject, ending())).toMatchObject({ ids: [later.id] });
      expect(await areRevoked([later])).toBe(true);
    });

    it('beside refreshes leaves no chain alive', async () => {
      const subject = randomUUID();
      const own = await Promise.all(Array.from({ length: 20 }, () => created({ subject })));
      await atOnce<unknown>(own.length + 1, (repository, index) =>
        index === 10
          ? repository.endAll(subject, ending())
          : repository.rotate(rotationOf(own[index % own.length])),
      );

      for (const { id } of own) {
        const after = await sessions.findById(id);
        expect(after?.endedAt).toEqual(new Date(T0));
        expect(await sessions.rotate(rotationOf(after))).toBeUndefined();
      }
      expect(await areRevoked(own)).toBe(true);
    });
  });

  describe('endAll of more sessions than it ends one by one', () => {
    const MANY = 2 * ENDED_AT_ONCE + 10;

    async function many(subject: string): Promise<Session[]> {
      const all: Session[] = [];
      while (all.length < MANY) {
        const used = T0 - MANY + all.length;
        const more = Math.min(100, MANY - all.length);
        all.push(
          ...(await atOnce(more, (_, index) => created({ subject, lastUsedAt: new Date(used + index) }))),
        );
      }
      return all;
    }

    it('refuses all at once, before their rows say so', async () => {
      const subject = randomUUID();
      const own = await many(subject);
      const fresh = own.toReversed()[0];
      const { ids, count } = await sessions.endAll(subject, ending({ reason: 'logout_all' }));

      expect([ids.length, count]).toEqual([ENDED_AT_ONCE, MANY]);
      expect(ids).toContain(fresh?.id);
      const unsettled = own.filter(({ id }) => !ids.includes(id));
      expect(await revokedIds()).toEqual(ids.toSorted());
      expect(await areRevoked(own.filter((_, index) => index % 50 === 0))).toBe(true);
      expect(await sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      for (const session of unsettled.slice(0, 3)) {
        expect(await sessions.rotate(rotationOf(session))).toBeUndefined();
        expect(await sessions.end(session.id, subject, ending())).toBe(false);
        expect(await sessions.reauthenticate(session.id, subject, new Date(T0))).toBe(false);
        expect(await sessions.findById(session.id)).toEqual({
          ...session,
          endedAt: new Date(T0),
          endReason: 'logout_all',
        });
      }
    });

    it('lets the rows say so in steps, with which another process goes on where one was stopped', async () => {
      const subject = randomUUID();
      const own = await many(subject);
      await sessions.endAll(subject, ending({ reason: 'logout_all' }));
      const later = await created({ subject });
      await sessions.settle(() => Promise.resolve(false));
      await atOnce(2, (repository) => repository.settle(() => Promise.resolve(true)));
      await sessions.endAll(subject, ending({ reason: 'password_reset', now: new Date(T0 + 1) }));

      for (const { id } of own.slice(0, 3)) {
        expect(await sessions.findById(id)).toMatchObject({ endedAt: new Date(T0), endReason: 'logout_all' });
      }
      expect(await sessions.findById(later.id)).toMatchObject({ endReason: 'password_reset' });
    });
  });

  describe('revocations', () => {
    it('are there for a process, too, by whose clock they have expired: it may be ahead', async () => {
      const session = await created();
      const times = { now: new Date(T0 - 60 * MINUTE), revokedUntil: new Date(T0 - 44 * MINUTE) };
      await sessions.end(session.id, session.subject, ending(times));

      expect(await revokedIds()).toEqual([session.id]);
    });
  });
}

function newSession(fields: Partial<Session> = {}): Session {
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
    ip: null,
    userAgent: null,
    era: 0,
    ...fields,
  };
}

/** What rotates the session as it is. */
function rotationOf(session: Session | undefined, fields: Partial<SessionRotation> = {}): SessionRotation {
  if (!session) throw new Error('There is no such session.');
  return {
    id: session.id,
    generation: session.generation,
    secretHash: session.secretHash,
    now: new Date(T0),
    graceUntil: new Date(T0 + 10_000),
    idleExpiresAt: new Date(T0 + 10 * MINUTE),
    ...fields,
  };
}

function ending(fields: Partial<SessionEnding> = {}): SessionEnding {
  const reason: SessionEndReason = 'logout';
  return { reason, now: new Date(T0), revokedUntil: new Date(T0 + 16 * MINUTE), ...fields };
}

function idsOf(sessions: readonly Session[]): string[] {
  return sessions.map((session) => session.id).toSorted();
}

function idsInOrder(found: readonly Session[]): string[] {
  return found.map(({ id }) => id);
}
