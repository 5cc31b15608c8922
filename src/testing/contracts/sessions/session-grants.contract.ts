import { randomUUID } from 'node:crypto';
import type { GrantSearch } from '../../../tokens/sessions/grant-search.js';
import { OFFLINE_ACCESS, type Session } from '../../../tokens/sessions/session.js';
import { SessionEndedError } from '../../../tokens/sessions/sessions.errors.js';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { ALL, ending, idsOf, newSession, rotationOf, T0 } from './session-samples.js';
import type { SessionsUnderTest } from './sessions-under-test.js';

/** What an OAuth client is granted. */
export function grantTests(tried: SessionsUnderTest): void {
  /** In the session, if there is one. */
  const grantIn = (parent: Session | undefined, fields: Partial<Session> = {}): Session =>
    newSession({
      ...(parent && { subject: parent.subject, parentId: parent.id }),
      clientId: 'shop',
      scopes: ['openid', 'orders:read'],
      ...fields,
    });
  const granted = (parent: Session | undefined, fields: Partial<Session> = {}) =>
    tried.created(grantIn(parent, fields));

  describe('grants', () => {
    it('are given back with client, scopes, parent and key, also by a rotation and in lists', async () => {
      const parent = await tried.created();
      const grant = await granted(parent, {
        jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
        audience: 'https://api.example.com',
      });

      expect(await tried.sessions.findById(grant.id)).toEqual(grant);
      const open = await tried.sessions.findOpen(parent.subject, new Date(T0), ALL);
      expect(open.find(({ id }) => id === grant.id)).toEqual(grant);
      const rotated = await tried.sessions.rotate(rotationOf(grant));
      const { clientId, scopes, parentId, jkt, audience } = grant;
      expect(rotated).toMatchObject({ generation: 1, clientId, scopes, parentId, jkt, audience });
      await tried.sessions.end(grant.id, grant.subject, ending());
      expect(await tried.sessions.findPast(parent.subject, new Date(T0), 10)).toMatchObject([
        { clientId, scopes, parentId, jkt, audience },
      ]);
    });

    it('have no scopes where none were granted', async () => {
      const grant = await granted(undefined, { scopes: [] });

      expect(await tried.sessions.findById(grant.id)).toEqual(grant);
    });

    it.each([
      { what: 'a grant by no client', held: 'shop', expected: null },
      { what: 'a grant by another client', held: 'shop', expected: 'other' },
      { what: 'a grant by a client of another case', held: 'shop', expected: 'Shop' },
      { what: 'one of Latchkey’s own by a client', held: null, expected: 'shop' },
    ])('rotate for their client alone: not $what', async ({ held, expected }) => {
      const session = await tried.created({ clientId: held, scopes: held === null ? null : [] });
      const wrong = rotationOf(session, { clientId: expected });

      expect(await tried.sessions.rotate(wrong)).toBeUndefined();
      expect(await tried.sessions.findById(session.id)).toEqual(session);
      expect((await tried.sessions.rotate(rotationOf(session)))?.generation).toBe(1);
    });

    it('rotate once for their client, whoever else presents the token at the same time', async () => {
      const grant = await granted(undefined);
      const clients = [null, 'shop', 'other'];
      const results = await tried.atOnce(30, (repository, index) =>
        repository.rotate(rotationOf(grant, { clientId: clients[index % 3] ?? null })),
      );
      const won = results.flatMap((result, index) => (result ? [index % 3] : []));

      expect(won).toEqual([1]);
    });

    it('that are bound to a key rotate for that alone, others for each', async () => {
      const [jkt, other] = ['A'.repeat(43), 'B'.repeat(43)];
      const bound = await granted(undefined, { jkt });
      for (const wrong of [other, null])
        expect(await tried.sessions.rotate(rotationOf(bound, { jkt: wrong }))).toBeUndefined();
      expect(await tried.sessions.findById(bound.id)).toEqual(bound);
      const keys = [jkt, other, null];
      const results = await tried.atOnce(30, (repository, index) =>
        repository.rotate(rotationOf(bound, { jkt: keys[index % 3] ?? null })),
      );

      expect(results.flatMap((result, index) => (result ? [index % 3] : []))).toEqual([0]);
      const free = await granted(undefined);
      expect((await tried.sessions.rotate(rotationOf(free, { jkt })))?.jkt).toBeNull();
    });

    it('end with the session that they were granted in, unless they have offline_access', async () => {
      const parent = await tried.created();
      const [first, second] = [await granted(parent), await granted(parent, { clientId: 'blog' })];
      const offline = await granted(parent, { scopes: ['openid', OFFLINE_ACCESS] });
      const alike = await granted(parent, { scopes: [`${OFFLINE_ACCESS}:not`] });
      const elsewhere = await granted(await tried.created({ subject: parent.subject }));
      const alone = await granted(undefined, { subject: parent.subject });
      const [id, ...children] = await tried.sessions.end(parent.id, parent.subject, ending());

      const due = [first, second, alike];
      expect(id).toBe(parent.id);
      expect(children.toSorted()).toEqual(idsOf(due));
      expect(await tried.revokedIds()).toEqual(idsOf([parent, ...due]));
      for (const child of due) {
        const ended = { ...child, endedAt: new Date(T0), endReason: 'parent_ended' };
        expect(await tried.sessions.findById(child.id)).toEqual(ended);
        expect(await tried.sessions.rotate(rotationOf(child))).toBeUndefined();
      }
      for (const other of [offline, elsewhere, alone])
        expect(await tried.sessions.findById(other.id)).toEqual(other);
    });

    it('that had ended before stay as they were', async () => {
      const parent = await tried.created();
      const grant = await granted(parent);
      await tried.sessions.end(grant.id, grant.subject, ending({ reason: 'ended_by_user' }));

      expect(await tried.sessions.end(parent.id, parent.subject, ending())).toEqual([parent.id]);
      expect((await tried.sessions.findById(grant.id))?.endReason).toBe('ended_by_user');
    });

    it('leave the session that they were granted in as it is', async () => {
      const parent = await tried.created();
      const grant = await granted(parent);

      expect(await tried.sessions.end(grant.id, grant.subject, ending())).toEqual([grant.id]);
      expect(await tried.sessions.findById(parent.id)).toEqual(parent);
    });

    it('cannot be had in a session that has ended, is another’s, or is not there', async () => {
      const [ended, past, other] = [await tried.created(), await tried.created(), await tried.created()];
      await tried.sessions.end(ended.id, ended.subject, ending());
      await tried.sessions.endAll(past.subject, ending());
      const refused = [
        grantIn(ended),
        grantIn(past),
        grantIn(other, { subject: randomUUID() }),
        grantIn(undefined, { parentId: randomUUID() }),
      ];

      for (const grant of refused) {
        const { era: _, ...session } = grant;
        await expect(tried.sessions.create(session)).rejects.toThrow(SessionEndedError);
        const write = tried.unitOfWork(0).write([tried.sessions.creating(session)]);
        await expect(write).rejects.toThrow(SessionEndedError);
        expect(await tried.sessions.findById(grant.id)).toBeUndefined();
      }
    });

    it('can be opened together with what else is written', async () => {
      const parent = await tried.created();
      const { era: _, ...grant } = grantIn(parent);
      const [era] = await tried.unitOfWork(0).write([tried.sessions.creating(grant)]);

      expect(await tried.sessions.findById(grant.id)).toEqual({ ...grant, era });
    });

    it('are not left open by an end of their parent at the same moment', async () => {
      const parents = await Promise.all(Array.from({ length: 10 }, () => tried.created()));
      const grants = parents.flatMap((parent) => [1, 2, 3].map(() => grantIn(parent)));
      await tried.atOnce(40, async (repository, index) => {
        const parent = parents[Math.floor(index / 4)];
        const grant = grants[Math.floor(index / 4) * 3 + (index % 4)];
        if (index % 4 === 3) await repository.end(parent?.id ?? '', parent?.subject ?? '', ending());
        else if (grant) await repository.create(grant).catch(() => undefined);
      });
      const stored = await Promise.all(grants.map(({ id }) => tried.sessions.findById(id)));
      const known = stored.filter((grant) => grant !== undefined);

      expect(known.filter(({ endReason }) => endReason !== 'parent_ended')).toEqual([]);
      expect(await tried.revokedIds()).toEqual(idsOf([...parents, ...known]));
    });

    it('of one subject are found by client, and by what they have more than is allowed', async () => {
      const clientId = randomUUID();
      const grant = await granted(undefined, { clientId });
      const { subject } = grant;
      const more = await granted(undefined, { clientId, subject, scopes: ['openid', 'email'] });
      await granted(undefined, { clientId });
      await granted(undefined, { subject });
      await tried.created({ subject });
      const ended = await granted(undefined, { clientId, subject });
      await tried.sessions.end(ended.id, subject, ending());
      const found = async (search: Pick<GrantSearch, 'subject' | 'beyond'>) => {
        const grants = await tried.sessions.findGrants({ clientId, now: new Date(T0), limit: 10, ...search });
        return grants.map(({ id }) => id).toSorted();
      };

      expect(await found({ subject })).toEqual(idsOf([grant, more]));
      expect(await found({ subject, beyond: { scopes: ['openid', 'orders:read'] } })).toEqual([more.id]);
      expect(await found({ subject: randomUUID() })).toEqual([]);
    });

    it('end with all others of their subject', async () => {
      const parent = await tried.created();
      const grants = [await granted(parent), await granted(parent, { scopes: [OFFLINE_ACCESS] })];
      const { ids } = await tried.sessions.endAll(parent.subject, ending({ reason: 'logout_all' }));

      expect(ids.toSorted()).toEqual(idsOf([parent, ...grants]));
      expect((await tried.sessions.findById(grants[0]?.id ?? ''))?.endReason).toBe('logout_all');
    });

    it('that are spared go on without their parent', async () => {
      const parent = await tried.created();
      const grant = await granted(parent);
      const { ids } = await tried.sessions.endAll(parent.subject, { ...ending(), except: grant.id });

      expect(ids).toEqual([parent.id]);
      expect((await tried.sessions.rotate(rotationOf(grant)))?.generation).toBe(1);
    });

    it('neither count for a bound nor end by it, but for those in a session that does', async () => {
      const oldest = await tried.created({ lastUsedAt: new Date(T0 - 9) });
      const { subject } = oldest;
      const within = await granted(oldest, { lastUsedAt: new Date(T0 + 1) });
      const older = await granted(undefined, { subject, lastUsedAt: new Date(T0 - 20) });
      const kept = await tried.created({ subject, lastUsedAt: new Date(T0 - 1) });
      const { era: _, ...added } = newSession({ subject, lastUsedAt: new Date(T0) });
      const told: string[] = [];
      const accompany = (ids: readonly string[]) => {
        told.push(...ids);
        return Promise.resolve();
      };
      const bound = { others: 1, ending: ending({ reason: 'too_many_sessions' }), accompany };
      const created = await tried
        .unitOfWork(0)
        .run((transaction) => tried.sessions.createBounded(added, bound, transaction));

      expect(created).toMatchObject({ ended: [oldest.id], children: [within.id] });
      expect(told).toEqual([oldest.id]);
      expect(idsOf(await tried.sessions.findOpen(subject, new Date(T0), ALL))).toEqual(
        idsOf([newSession(added), older, kept]),
      );
      expect(await tried.revokedIds()).toEqual(idsOf([oldest, within]));
    });
  });
}
