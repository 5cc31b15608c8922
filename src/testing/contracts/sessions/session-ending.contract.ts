import { randomUUID } from 'node:crypto';
import type { Session } from '../../../tokens/sessions/session.js';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { ending, MINUTE, ofSessions, rotationOf, T0 } from './session-samples.js';
import type { SessionsUnderTest } from './sessions-under-test.js';

/** What ends one session. */
export function endingTests(tried: SessionsUnderTest): void {
  describe('end', () => {
    it('ends the session and records that its access tokens are revoked', async () => {
      const session = await tried.created();
      const other = await tried.created({ subject: session.subject });
      const end = ending({ reason: 'ended_by_user', now: new Date(T0 + 7) });

      expect(await tried.sessions.end(session.id, session.subject, end)).toEqual([session.id]);
      expect(await tried.sessions.findById(session.id)).toEqual({
        ...session,
        endedAt: new Date(T0 + 7),
        endReason: 'ended_by_user',
      });
      expect(await tried.sessions.findById(other.id)).toEqual(other);
      expect(ofSessions(await tried.store.revocations.all())).toMatchObject([
        { kind: 'session', id: session.id, expiresAt: end.revokedUntil },
      ]);
      expect(ofSessions(await tried.store.revocations.recent(60_000))).toMatchObject([
        { kind: 'session', id: session.id, expiresAt: end.revokedUntil },
      ]);
    });

    it('ends it once: the first reason and time stay', async () => {
      const session = await tried.created();
      const first = ending({ reason: 'reuse_recent' });
      await tried.sessions.end(session.id, session.subject, first);
      const again = ending({
        reason: 'logout',
        now: new Date(T0 + 1),
        revokedUntil: new Date(T0 + 99 * MINUTE),
      });

      expect(await tried.sessions.end(session.id, session.subject, again)).toEqual([]);
      expect(await tried.sessions.findById(session.id)).toMatchObject({
        endedAt: first.now,
        endReason: 'reuse_recent',
      });
      expect(ofSessions(await tried.store.revocations.all())).toMatchObject([
        { expiresAt: first.revokedUntil },
      ]);
    });

    it.each([
      { what: 'another subject', wrong: { subject: randomUUID() } },
      { what: 'no subject', wrong: { subject: '' } },
      { what: 'an unknown id', wrong: { id: randomUUID() } },
    ])('ends and revokes nothing for $what', async ({ wrong }) => {
      const session = await tried.created();
      const { id, subject } = { ...session, ...wrong };

      expect(await tried.sessions.end(id, subject, ending())).toEqual([]);
      expect(await tried.sessions.findById(session.id)).toEqual(session);
      expect(await tried.revokedIds()).toEqual([]);
    });

    it('ends a session whose time is over, since its access tokens may outlive it', async () => {
      const session = await tried.created({ idleExpiresAt: new Date(T0 - 1) });

      expect(await tried.sessions.end(session.id, session.subject, ending())).toEqual([session.id]);
      expect(await tried.revokedIds()).toEqual([session.id]);
    });

    it('is done by exactly one of 20 concurrent calls', async () => {
      const session = await tried.created();
      const results = await tried.atOnce(20, (repository, index) => {
        return repository.end(session.id, session.subject, ending({ now: new Date(T0 + index) }));
      });

      expect(results.flat()).toEqual([session.id]);
      expect((await tried.sessions.findById(session.id))?.endedAt).toEqual(
        new Date(T0 + results.findIndex((ids) => ids.length > 0)),
      );
      expect(await tried.revokedIds()).toEqual([session.id]);
    });

    it('wins over concurrent rotations: nothing rotates afterwards', async () => {
      const session = await tried.created();
      const results = await tried.atOnce<string[] | Session | undefined>(21, (repository, index) => {
        return index === 10
          ? repository.end(session.id, session.subject, ending())
          : repository.rotate(rotationOf(session));
      });
      const after = await tried.sessions.findById(session.id);

      expect(results[10]).toEqual([session.id]);
      expect(after?.endedAt).toEqual(new Date(T0));
      expect(await tried.sessions.rotate(rotationOf(after))).toBeUndefined();
      expect(await tried.sessions.findById(session.id)).toEqual(after);
      expect(await tried.revokedIds()).toEqual([session.id]);
    });
  });

  describe('revocations', () => {
    it('are there for a process, too, by whose clock they have expired: it may be ahead', async () => {
      const session = await tried.created();
      const times = { now: new Date(T0 - 60 * MINUTE), revokedUntil: new Date(T0 - 44 * MINUTE) };
      await tried.sessions.end(session.id, session.subject, ending(times));

      expect(await tried.revokedIds()).toEqual([session.id]);
    });
  });
}
