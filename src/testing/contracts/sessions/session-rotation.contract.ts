import { randomUUID } from 'node:crypto';
import type { Session } from '../../../tokens/sessions/session.js';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { ALL, ending, MINUTE, rotationOf, T0 } from './session-samples.js';
import type { SessionsUnderTest } from './sessions-under-test.js';

/** What moves a session on. */
export function rotationTests(tried: SessionsUnderTest): void {
  describe('rotate', () => {
    it('moves generation, grace, last use and idle expiry, keeps all else, and gives back what is stored', async () => {
      const session = await tried.created({ generation: 7 });
      const other = await tried.created({ subject: session.subject, generation: 7 });
      const rotated = await tried.sessions.rotate(rotationOf(session, { now: new Date(T0 + 5) }));

      expect(rotated).toEqual({
        ...session,
        generation: 8,
        graceUntil: new Date(T0 + 10_000),
        lastUsedAt: new Date(T0 + 5),
        idleExpiresAt: new Date(T0 + 10 * MINUTE),
      });
      expect(await tried.sessions.findById(session.id)).toEqual(rotated);
      expect(await tried.sessions.findById(other.id)).toEqual(other);
    });

    it('can go on from what it gave back, generation after generation', async () => {
      const session = await tried.created();
      let current: Session | undefined = session;
      for (let generation = 1; generation <= 20; generation += 1) {
        current = await tried.sessions.rotate(rotationOf(current ?? session));
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
      const session = await tried.created({ generation: 5, secretHash: 'secret-hash' });

      expect(await tried.sessions.rotate(rotationOf(session, wrong))).toBeUndefined();
      expect(await tried.sessions.findById(session.id)).toEqual(session);
    });

    it.each([
      { what: 'idle expiry, the last moment', idle: T0 + 1, absolute: T0 + MINUTE, rotates: true },
      { what: 'idle expiry, exactly', idle: T0, absolute: T0 + MINUTE, rotates: false },
      { what: 'idle expiry, passed', idle: T0 - 1, absolute: T0 + MINUTE, rotates: false },
      { what: 'absolute expiry, the last moment', idle: T0 + 1, absolute: T0 + 1, rotates: true },
      { what: 'absolute expiry, exactly', idle: T0 + MINUTE, absolute: T0, rotates: false },
      { what: 'absolute expiry, passed', idle: T0 + MINUTE, absolute: T0 - 1, rotates: false },
    ])('heeds expiry to the millisecond ($what: rotates $rotates)', async ({ idle, absolute, rotates }) => {
      const session = await tried.created({ idleExpiresAt: new Date(idle), expiresAt: new Date(absolute) });
      const rotated = await tried.sessions.rotate(rotationOf(session));

      expect(rotated?.generation).toBe(rotates ? 1 : undefined);
      expect(await tried.sessions.findById(session.id)).toEqual(rotates ? rotated : session);
    });

    it.each([
      { wanted: T0 + 20 * MINUTE - 1, stored: T0 + 20 * MINUTE - 1 },
      { wanted: T0 + 20 * MINUTE, stored: T0 + 20 * MINUTE },
      { wanted: T0 + 20 * MINUTE + 1, stored: T0 + 20 * MINUTE },
      { wanted: T0 + 2_000 * MINUTE, stored: T0 + 20 * MINUTE },
    ])('caps idle expiry at the absolute end: $wanted becomes $stored', async ({ wanted, stored }) => {
      const session = await tried.created({ expiresAt: new Date(T0 + 20 * MINUTE) });
      const rotated = await tried.sessions.rotate(rotationOf(session, { idleExpiresAt: new Date(wanted) }));

      expect(rotated?.idleExpiresAt).toEqual(new Date(stored));
      expect(rotated?.expiresAt).toEqual(session.expiresAt);
    });

    it('never moves a session that has ended', async () => {
      const session = await tried.created();
      await tried.sessions.end(session.id, session.subject, ending());
      const ended = await tried.sessions.findById(session.id);

      expect(await tried.sessions.rotate(rotationOf(session))).toBeUndefined();
      expect(await tried.sessions.findById(session.id)).toEqual(ended);
    });

    it('lets exactly one of 100 concurrent rotations of one generation win', async () => {
      const session = await tried.created();
      const results = await tried.atOnce(100, (repository, index) => {
        return repository.rotate(rotationOf(session, { graceUntil: new Date(T0 + index) }));
      });

      const won = results.filter((result) => result !== undefined);
      expect(won).toHaveLength(1);
      expect(won[0]?.generation).toBe(1);
      expect(await tried.sessions.findById(session.id)).toEqual(won[0]);
    });

    it('does not hold up the rotation of other sessions', async () => {
      const all = await Promise.all(Array.from({ length: 50 }, () => tried.created()));
      const results = await tried.atOnce(50, (repository, index) =>
        repository.rotate(rotationOf(all[index])),
      );

      expect(results.map((result) => result?.id)).toEqual(all.map((session) => session.id));
    });
  });

  describe('reauthenticate', () => {
    it('notes the time, which a rotation keeps, and changes nothing else', async () => {
      const session = await tried.created();
      const now = new Date(T0 + 7);
      expect(await tried.sessions.reauthenticate(session.id, session.subject, now)).toBe(true);

      expect(await tried.sessions.findById(session.id)).toEqual({ ...session, reauthenticatedAt: now });
      expect((await tried.sessions.rotate(rotationOf(session)))?.reauthenticatedAt).toEqual(now);
      expect((await tried.sessions.findOpen(session.subject, now, ALL))[0]?.reauthenticatedAt).toEqual(now);
    });

    it('of a session that is another’s, unknown, ended or expired changes nothing', async () => {
      const now = new Date(T0);
      const session = await tried.created();
      const expired = await tried.created({ idleExpiresAt: now });
      const ended = await tried.created();
      await tried.sessions.end(ended.id, ended.subject, ending());

      for (const [id, subject] of [
        [session.id, randomUUID()],
        [randomUUID(), session.subject],
        [expired.id, expired.subject],
        [ended.id, ended.subject],
      ] as const) {
        expect(await tried.sessions.reauthenticate(id, subject, now)).toBe(false);
      }
      for (const { id } of [session, expired, ended]) {
        expect((await tried.sessions.findById(id))?.reauthenticatedAt).toBeNull();
      }
    });
  });
}
