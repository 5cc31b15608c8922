import { randomUUID } from 'node:crypto';
import type { Session } from '../../../tokens/sessions/session.js';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { ALL, ending, idsOf, MINUTE, newSession, T0 } from './session-samples.js';
import type { SessionsUnderTest } from './sessions-under-test.js';

/** What is stored, and how many a subject has. */
export function creationTests(tried: SessionsUnderTest): void {
  describe('create and findById', () => {
    it('give back every field as it was, to the millisecond', async () => {
      const session = await tried.created({
        subject: 'not-necessarily-a-uuid',
        generation: 41,
        methods: ['otp', 'mfa'],
        graceUntil: new Date(T0 + 1),
        lastUsedAt: new Date(T0 + 999),
        ip: '2001:db8::1',
        userAgent: 'Mozilla/5.0 (X11; "quoted" \\ 🦊)',
      });

      expect(await tried.sessions.findById(session.id)).toEqual(session);
    });

    it('keep apart what is absent', async () => {
      const session = await tried.created({ graceUntil: null, ip: null, userAgent: null });

      expect(await tried.sessions.findById(session.id)).toEqual(session);
    });

    it('refuse a second session of the same id', async () => {
      const session = await tried.created();

      await expect(tried.sessions.create({ ...session, subject: 'another' })).rejects.toThrow(Error);
      expect(await tried.sessions.findById(session.id)).toEqual(session);
    });

    it('find nothing under an unknown id', async () => {
      await tried.created();

      expect(await tried.sessions.findById(randomUUID())).toBeUndefined();
    });

    it('find sessions that have ended or expired, too', async () => {
      const ended = await tried.created();
      await tried.sessions.end(ended.id, ended.subject, ending({ reason: 'logout' }));
      const expired = await tried.created({ idleExpiresAt: new Date(0), expiresAt: new Date(0) });

      expect(await tried.sessions.findById(ended.id)).toEqual({
        ...ended,
        endedAt: new Date(T0),
        endReason: 'logout',
      });
      expect(await tried.sessions.findById(expired.id)).toEqual(expired);
    });
  });

  describe('createBounded', () => {
    /** By the instance of that number. @returns the ids of those it ended */
    async function add({ era: _, ...session }: Session, others: number, index = 0): Promise<string[]> {
      const which = index % tried.store.instances.length;
      const told: string[] = [];
      const accompany = (ids: readonly string[]) => {
        told.push(...ids);
        return Promise.resolve();
      };
      const bound = { others, ending: ending({ reason: 'too_many_sessions' }), accompany };
      const added = await tried.unitOfWork(which).run(async (transaction) => {
        return tried.store.instances[which]?.createBounded(session, bound, transaction);
      });
      expect(told.toSorted()).toEqual(added?.ended.toSorted());
      return told;
    }

    it('ends and revokes those used longest ago beyond the bound, and tells which', async () => {
      const subject = randomUUID();
      const used = (ago: number) => tried.created({ subject, lastUsedAt: new Date(T0 - ago) });
      const [third, first, fourth, second] = [await used(3), await used(1), await used(4), await used(2)];
      const other = await tried.created({ lastUsedAt: new Date(T0 - 9) });
      const added = newSession({ subject, lastUsedAt: new Date(T0) });

      expect(await add(added, 2)).toEqual([fourth.id, third.id]);
      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([added, first, second]);
      expect(await tried.revokedIds()).toEqual(idsOf([third, fourth]));
      expect(await tried.sessions.findById(fourth.id)).toMatchObject({ endReason: 'too_many_sessions' });
      expect(await tried.sessions.findById(other.id)).toEqual(other);
    });

    it('counts neither ended nor expired ones, and leaves them as they are', async () => {
      const subject = randomUUID();
      const old = await tried.created({ subject, lastUsedAt: new Date(T0 - 9) });
      const ended = await tried.created({ subject });
      await tried.sessions.end(ended.id, subject, ending());
      const expired = await tried.created({ subject, lastUsedAt: new Date(T0 - 1), expiresAt: new Date(T0) });

      expect(await add(newSession({ subject, lastUsedAt: new Date(T0) }), 1)).toEqual([]);
      expect(await tried.sessions.findById(expired.id)).toEqual(expired);
      expect((await tried.sessions.findById(ended.id))?.endReason).toBe('logout');
      expect(await add(newSession({ subject, lastUsedAt: new Date(T0) }), 0)).toContain(old.id);
    });

    it('never ends the new one, although the clock it was opened by is behind', async () => {
      const before = await tried.created({ lastUsedAt: new Date(T0) });
      const added = newSession({ subject: before.subject, lastUsedAt: new Date(T0 - MINUTE) });

      expect(await add(added, 0)).toEqual([before.id]);
      expect(await tried.sessions.findById(added.id)).toEqual(added);
    });

    it.each([1, 3])('leaves %i of 20 that are created at once', async (bound) => {
      const subject = randomUUID();
      const all = Array.from({ length: 20 }, () => newSession({ subject }));
      const ended = await Promise.all(all.map((session, index) => add(session, bound - 1, index)));
      const open = await tried.sessions.findOpen(subject, new Date(T0), ALL);

      expect(open).toHaveLength(bound);
      expect([...ended.flat(), ...open.map(({ id }) => id)].toSorted()).toEqual(idsOf(all));
      expect(await tried.revokedIds()).toEqual(ended.flat().toSorted());
    });
  });
}
