import { randomUUID } from 'node:crypto';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { ALL, ending, idsOf, rotationOf, T0 } from './session-samples.js';
import type { SessionsUnderTest } from './sessions-under-test.js';

/** What ends all sessions of a subject. */
export function eraTests(tried: SessionsUnderTest): void {
  describe('endAll', () => {
    it('ends all sessions of the subject, revokes each, and gives back their ids', async () => {
      const subject = randomUUID();
      const own = await Promise.all([1, 2, 3].map(() => tried.created({ subject })));
      const other = await tried.created();
      const end = ending({ reason: 'logout_all' });
      const { ids, count } = await tried.sessions.endAll(subject, end);

      expect([ids.toSorted(), count]).toEqual([idsOf(own), 3]);
      expect(await tried.revokedIds()).toEqual(idsOf(own));
      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      for (const session of own) {
        expect(await tried.sessions.findById(session.id)).toEqual({
          ...session,
          endedAt: end.now,
          endReason: 'logout_all',
        });
      }
      expect(await tried.sessions.findById(other.id)).toEqual(other);
      expect(await tried.areRevoked([other])).toBe(false);
    });

    it('spares the excepted one, and its access tokens', async () => {
      const subject = randomUUID();
      const [spared, ...others] = [
        await tried.created({ subject }),
        await tried.created({ subject }),
        await tried.created({ subject }),
      ];
      const end = ending({ reason: 'password_changed' });
      const { ids, era } = await tried.sessions.endAll(subject, { ...end, except: spared.id });

      expect(ids.toSorted()).toEqual(idsOf(others));
      expect(await tried.revokedIds()).toEqual(idsOf(others));
      expect(await tried.areRevoked([spared])).toBe(false);
      const after = { ...spared, era: era.number };
      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([after]);
      expect((await tried.sessions.rotate(rotationOf(after)))?.generation).toBe(1);
    });

    it('spares none that was ended by another of the kind', async () => {
      const subject = randomUUID();
      const [one, other] = [await tried.created({ subject }), await tried.created({ subject })];
      await tried.sessions.endAll(subject, { ...ending(), except: one.id });
      const { count, era } = await tried.sessions.endAll(subject, { ...ending(), except: other.id });

      expect([count, era.spared]).toEqual([1, null]);
      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([]);
      expect(await tried.areRevoked([one, other])).toBe(true);
    });

    it('does not end the subject’s sessions less for an exception that is another’s', async () => {
      const session = await tried.created();
      const other = await tried.created();

      expect(await tried.sessions.endAll(session.subject, { ...ending(), except: other.id })).toMatchObject({
        ids: [session.id],
        era: { spared: null },
      });
      expect(await tried.sessions.findById(other.id)).toEqual(other);
    });

    it('leaves alone what had ended before', async () => {
      const subject = randomUUID();
      const before = await tried.created({ subject });
      const open = await tried.created({ subject });
      const first = ending({ reason: 'logout' });
      await tried.sessions.end(before.id, subject, first);
      const { ids } = await tried.sessions.endAll(
        subject,
        ending({ now: new Date(T0 + 1), reason: 'logout_all' }),
      );

      expect(ids).toEqual([open.id]);
      expect(await tried.sessions.findById(before.id)).toMatchObject({
        endedAt: first.now,
        endReason: 'logout',
      });
    });

    it('ends nothing for an unknown subject, or a second time', async () => {
      const session = await tried.created();

      expect(await tried.sessions.endAll(randomUUID(), ending())).toMatchObject({ ids: [], count: 0 });
      expect(await tried.sessions.endAll(session.subject, ending())).toMatchObject({ ids: [session.id] });
      expect(await tried.sessions.endAll(session.subject, ending())).toMatchObject({ ids: [], count: 0 });
      expect(await tried.revokedIds()).toEqual([session.id]);
    });

    it('called 10 times at once, ends each session once', async () => {
      const subject = randomUUID();
      const own = await Promise.all(Array.from({ length: 10 }, () => tried.created({ subject })));
      const results = await tried.atOnce(10, (repository) => repository.endAll(subject, ending()));

      expect(results.flatMap(({ ids }) => ids).toSorted()).toEqual(idsOf(own));
      expect(new Set(results.map(({ era }) => era.number)).size).toBe(10);
      expect(await tried.revokedIds()).toEqual(idsOf(own));
    });

    it('ends none that is opened afterwards, whatever the clock says, and those are ended by the next', async () => {
      const subject = randomUUID();
      await tried.created({ subject });
      await tried.sessions.endAll(subject, ending());
      const later = await tried.created({ subject, createdAt: new Date(0) });

      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([later]);
      expect(await tried.areRevoked([later])).toBe(false);
      expect(await tried.sessions.endAll(subject, ending())).toMatchObject({ ids: [later.id] });
      expect(await tried.areRevoked([later])).toBe(true);
    });

    it('beside refreshes leaves no chain alive', async () => {
      const subject = randomUUID();
      const own = await Promise.all(Array.from({ length: 20 }, () => tried.created({ subject })));
      await tried.atOnce<unknown>(own.length + 1, (repository, index) =>
        index === 10
          ? repository.endAll(subject, ending())
          : repository.rotate(rotationOf(own[index % own.length])),
      );

      for (const { id } of own) {
        const after = await tried.sessions.findById(id);
        expect(after?.endedAt).toEqual(new Date(T0));
        expect(await tried.sessions.rotate(rotationOf(after))).toBeUndefined();
      }
      expect(await tried.areRevoked(own)).toBe(true);
    });
  });

  describe('endAll that erases', () => {
    it('deletes what ends and what has ended, of the subject only, and keeps what was revoked', async () => {
      const subject = randomUUID();
      const [open, ended, other] = [
        await tried.created({ subject }),
        await tried.created({ subject }),
        await tried.created(),
      ];
      await tried.sessions.end(ended.id, subject, ending());
      await tried.sessions.end(other.id, other.subject, ending());
      await tried.sessions.endAll(subject, { ...ending(), erase: true });
      await tried.sessions.settle(() => Promise.resolve(true));

      expect(await tried.sessions.findPast(subject, new Date(T0), 10)).toEqual([]);
      expect(await tried.sessions.findById(ended.id)).toBeUndefined();
      expect(await tried.sessions.findById(open.id)).toBeUndefined();
      expect(await tried.sessions.findById(other.id)).toBeDefined();
      expect(await tried.revokedIds()).toEqual([ended.id, open.id, other.id].toSorted());
    });
  });
}
