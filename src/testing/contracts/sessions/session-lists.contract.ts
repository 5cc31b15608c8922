import { randomUUID } from 'node:crypto';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { ALL, ending, idsInOrder, MINUTE, newSession, rotationOf, T0 } from './session-samples.js';
import type { SessionsUnderTest } from './sessions-under-test.js';

/** What is open, and what is past. */
export function listTests(tried: SessionsUnderTest): void {
  describe('findOpen', () => {
    it('lists the subject’s sessions, the most recently used first, and no other’s', async () => {
      const subject = randomUUID();
      const [second, third, first] = [
        await tried.created({ subject, lastUsedAt: new Date(T0 - 2) }),
        await tried.created({ subject, lastUsedAt: new Date(T0 - 3) }),
        await tried.created({ subject, lastUsedAt: new Date(T0 - 1) }),
      ];
      await tried.created({ lastUsedAt: new Date(T0) });

      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([first, second, third]);
    });

    it('lists a session that was just used first', async () => {
      const subject = randomUUID();
      const used = await tried.created({ subject, lastUsedAt: new Date(T0 - 2) });
      const other = await tried.created({ subject, lastUsedAt: new Date(T0 - 1) });
      const rotated = await tried.sessions.rotate(rotationOf(used));

      expect(await tried.sessions.findOpen(subject, new Date(T0), ALL)).toEqual([rotated, other]);
    });

    it('has the same order each time for sessions used at the same moment', async () => {
      const subject = randomUUID();
      await tried.atOnce(10, (repository) => repository.create(newSession({ subject })));
      const [first, ...again] = await tried.atOnce(6, (repository) =>
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
      const session = await tried.created({ idleExpiresAt: new Date(idle), expiresAt: new Date(absolute) });

      expect(await tried.sessions.findOpen(session.subject, new Date(T0), ALL)).toEqual(
        listed ? [session] : [],
      );
    });

    it('leaves out what has ended', async () => {
      const session = await tried.created();
      await tried.sessions.end(session.id, session.subject, ending());

      expect(await tried.sessions.findOpen(session.subject, new Date(T0), ALL)).toEqual([]);
    });

    it('gives page after page, each session once, also those used at the same moment', async () => {
      const subject = randomUUID();
      const moments = [1, 2, 2, 2, 2, 3, 3, 4, 5].map((ago) => new Date(T0 - ago));
      await Promise.all(moments.map((lastUsedAt) => tried.created({ subject, lastUsedAt })));
      await tried.created({ subject, lastUsedAt: new Date(T0 - 2), idleExpiresAt: new Date(T0) });
      const all = await tried.sessions.findOpen(subject, new Date(T0), ALL);

      expect(all).toHaveLength(moments.length);
      for (const limit of [1, 2, 3, 9]) expect(await tried.pagesOf(subject, limit)).toEqual(all);
    });

    it('goes on where the page ended although the sessions before it are used or end meanwhile', async () => {
      const subject = randomUUID();
      const [third, second, first] = [
        await tried.created({ subject, lastUsedAt: new Date(T0 - 3) }),
        await tried.created({ subject, lastUsedAt: new Date(T0 - 2) }),
        await tried.created({ subject, lastUsedAt: new Date(T0 - 1) }),
      ];
      await tried.sessions.rotate(rotationOf(second));
      await tried.sessions.end(first.id, subject, ending());

      expect(await tried.sessions.findOpen(subject, new Date(T0), { limit: 5, after: second })).toEqual([
        third,
      ]);
    });

    it('finds the open ones behind any number that are over', async () => {
      const subject = randomUUID();
      const over = { subject, lastUsedAt: new Date(T0 - 1), idleExpiresAt: new Date(T0) };
      await tried.atOnce(250, (repository) => repository.create(newSession(over)));
      const open = await tried.created({ subject, lastUsedAt: new Date(T0 - 2) });

      expect(await tried.sessions.findOpen(subject, new Date(T0), { limit: 1 })).toEqual([open]);
    });

    it('is empty for an unknown subject', async () => {
      expect(await tried.sessions.findOpen(randomUUID(), new Date(T0), ALL)).toEqual([]);
    });
  });

  describe('findPast', () => {
    it('lists what has ended or expired of the subject, the most recently used first', async () => {
      const subject = randomUUID();
      const open = await tried.created({ subject });
      const ended = await tried.created({ subject, lastUsedAt: new Date(T0 + 1) });
      const later = await tried.created({ subject, lastUsedAt: new Date(T0 + 2) });
      const other = await tried.created();
      const expired = await tried.created({
        subject,
        lastUsedAt: new Date(T0 - 1),
        idleExpiresAt: new Date(T0),
      });
      await tried.sessions.end(later.id, subject, ending());
      await tried.sessions.end(ended.id, subject, ending());
      await tried.sessions.end(other.id, other.subject, ending());
      const past = async (limit: number) =>
        idsInOrder(await tried.sessions.findPast(subject, new Date(T0), limit));

      expect(await past(10)).toEqual([later.id, ended.id, expired.id]);
      expect(await past(2)).toEqual([later.id, ended.id]);
      expect(await tried.sessions.findById(open.id)).toEqual(open);
    });
  });
}
