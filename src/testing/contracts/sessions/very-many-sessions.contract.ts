import { randomUUID } from 'node:crypto';
import type { Session } from '../../../tokens/sessions/session.js';
import { ENDED_AT_ONCE } from '../../../tokens/sessions/sessions.repository.js';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { ALL, ending, rotationOf, T0 } from './session-samples.js';
import type { SessionsUnderTest } from './sessions-under-test.js';

/** What ends very many sessions. */
export function manySessionsTests(tried: SessionsUnderTest): void {
  describe('endAllForEveryone', () => {
    it('ends all open sessions at once, and their access tokens', async () => {
      const all = await tried.atOnce(50, async () => tried.created());
      const before = await tried.created();
      await tried.sessions.end(before.id, before.subject, ending({ reason: 'logout' }));
      const { count } = await tried.sessions.endAllForEveryone(ending({ reason: 'ended_by_admin' }));

      expect(count).toBe(all.length);
      for (const { id, subject } of all) {
        expect(await tried.sessions.findById(id)).toMatchObject({
          endedAt: new Date(T0),
          endReason: 'ended_by_admin',
        });
        expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      }
      expect(await tried.areRevoked(all)).toBe(true);
      expect((await tried.sessions.findById(before.id))?.endReason).toBe('logout');
      expect(await tried.sessions.endAllForEveryone(ending())).toMatchObject({ count: 0 });
    });

    it('leaves none open that a refresh moves on meanwhile', async () => {
      const all = await tried.atOnce(40, async () => tried.created());
      await Promise.all([
        tried.sessions.endAllForEveryone(ending()),
        ...all.map((session) => tried.sessions.rotate(rotationOf(session))),
      ]);

      for (const { id } of all) {
        const after = await tried.sessions.findById(id);
        expect(after?.endedAt).toEqual(new Date(T0));
        expect(await tried.sessions.rotate(rotationOf(after))).toBeUndefined();
      }
      expect(await tried.areRevoked(all)).toBe(true);
    });

    it('ends none that is opened afterwards', async () => {
      const { subject } = await tried.created();
      await tried.sessions.endAllForEveryone(ending());
      const later = await tried.created({ subject, createdAt: new Date(0) });

      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([later]);
      expect(await tried.areRevoked([later])).toBe(false);
      expect((await tried.sessions.rotate(rotationOf(later)))?.era).toBe(later.era);
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
          ...(await tried.atOnce(more, (_, index) =>
            tried.created({ subject, lastUsedAt: new Date(used + index) }),
          )),
        );
      }
      return all;
    }

    it('refuses all at once, before their rows say so', async () => {
      const subject = randomUUID();
      const own = await many(subject);
      const fresh = own.toReversed()[0];
      const { ids, count } = await tried.sessions.endAll(subject, ending({ reason: 'logout_all' }));

      expect([ids.length, count]).toEqual([ENDED_AT_ONCE, MANY]);
      expect(ids).toContain(fresh?.id);
      const unsettled = own.filter(({ id }) => !ids.includes(id));
      expect(await tried.revokedIds()).toEqual(ids.toSorted());
      expect(await tried.areRevoked(own.filter((_, index) => index % 50 === 0))).toBe(true);
      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      for (const session of unsettled.slice(0, 3)) {
        expect(await tried.sessions.rotate(rotationOf(session))).toBeUndefined();
        expect(await tried.sessions.end(session.id, subject, ending())).toEqual([]);
        expect(await tried.sessions.reauthenticate(session.id, subject, new Date(T0))).toBe(false);
        expect(await tried.sessions.findById(session.id)).toEqual({
          ...session,
          endedAt: new Date(T0),
          endReason: 'logout_all',
        });
      }
    });

    it('lets the rows say so in steps, with which another process goes on where one was stopped', async () => {
      const subject = randomUUID();
      const own = await many(subject);
      await tried.sessions.endAll(subject, ending({ reason: 'logout_all' }));
      const later = await tried.created({ subject });
      await tried.sessions.settle(() => Promise.resolve(false));
      await tried.atOnce(2, (repository) => repository.settle(() => Promise.resolve(true)));
      await tried.sessions.endAll(subject, ending({ reason: 'password_reset', now: new Date(T0 + 1) }));

      for (const { id } of own.slice(0, 3)) {
        expect(await tried.sessions.findById(id)).toMatchObject({
          endedAt: new Date(T0),
          endReason: 'logout_all',
        });
      }
      expect(await tried.sessions.findById(later.id)).toMatchObject({ endReason: 'password_reset' });
    });
  });
}
