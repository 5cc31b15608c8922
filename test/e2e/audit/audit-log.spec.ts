import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { AccountRescueService } from '../../../src/admin/account-rescue.service.js';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { AuditSink } from '../../../src/audit/audit-sink.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import { SigningKeyRotation } from '../../../src/tokens/keys/signing-key-rotation.js';
import type { AuditEvent } from '../../support/audit-event.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

interface Page<Entry = AuditEvent> {
  events: Entry[];
  nextCursor: string | null;
}

const OTHER_PASSWORD = 'purple monkey dishwasher tuesday';

describeOnEachStore('The audit log', (environment) => {
  let server: TestApp;
  let accounts: UserAdministrationService;
  let admin: string;

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    accounts = server.app.get(UserAdministrationService);
    const { user } = (await server.api.register()).body;
    await accounts.grantRole(user.email, 'admin');
    admin = (await server.api.login(user.email)).body.accessToken;
  });
  afterAll(async () => {
    await server.close();
  });

  const read = async (query: Record<string, string> = {}) => {
    const answer = await server.api.get<Page>(`/api/admin/audit?${new URLSearchParams(query).toString()}`, {
      token: admin,
    });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  /** The latest first. */
  const eventsOf = async (subject: string) => (await read({ subject })).events;
  const sessionOf = ({ accessToken }: Pick<SignedIn, 'accessToken'>) => String(decodeJwt(accessToken)['sid']);

  describe('records, with who, what, whom and from where,', () => {
    it('a registration, a login and a logout', async () => {
      const { user, ...first } = (await server.api.register()).body;
      const second = (await server.api.login(user.email)).body;
      await server.api.post('/api/auth/logout', undefined, { token: second.accessToken });
      const events = await eventsOf(user.id);

      const whom = { actor: { kind: 'user', id: user.id }, subject: user.id, outcome: 'success' };
      const from = { ip: '127.0.0.1', userAgent: 'node', requestId: expect.any(String) };
      expect(events.map(({ type, sessionId, details }) => [type, sessionId, details])).toEqual([
        ['session.ended', sessionOf(second), { reason: 'logout', sessions: 1 }],
        ['login.succeeded', sessionOf(second), {}],
        ['login.succeeded', sessionOf(first), {}],
        ['user.registered', null, {}],
      ]);
      for (const event of events) expect(event).toMatchObject({ ...whom, ...from });
    });

    it('failed logins: an unknown address by a hash only, the same for the same one', async () => {
      const { user } = (await server.api.register()).body;
      const unknown = uniqueEmail();
      await server.api.login(user.email, 'wrong');
      await server.api.login(unknown, 'wrong');
      await server.api.login(unknown.toUpperCase(), 'wrong');
      const [third, second, first] = (await read({ type: 'login.failed', limit: '3' })).events;

      expect(first).toMatchObject({
        outcome: 'failure',
        actor: { kind: 'anonymous', id: null },
        subject: user.id,
        details: { reason: 'wrong_credentials', identifier: expect.stringMatching(/^[\w-]{16}$/) },
      });
      expect(second).toMatchObject({ subject: null, details: { reason: 'wrong_credentials' } });
      expect(third?.details).toEqual(second?.details);
      expect(second?.details['identifier']).not.toBe(first?.details['identifier']);
    });

    it('a login to a disabled account, only as a failure', async () => {
      const { user } = (await server.api.register()).body;
      await accounts.disable(user.email);
      expectProblem(await server.api.login(user.email), 403, 'ACCOUNT_DISABLED');

      const [event] = await eventsOf(user.id);
      expect(event).toMatchObject({ type: 'login.failed', details: { reason: 'account_disabled' } });
    });

    it('a refresh token that is used again, as recent or stale, and the end of its session as nothing else', async () => {
      const { user, ...first } = (await server.api.register()).body;
      const second = (await server.api.refresh(first.refreshToken)).body;
      await server.api.refresh(second.refreshToken);
      expectProblem(await server.api.refresh(first.refreshToken), 401, 'REFRESH_TOKEN_REUSED');
      const other = (await server.api.login(user.email)).body;
      await server.api.refresh(other.refreshToken);
      server.clock.advance(11_000);
      expectProblem(await server.api.refresh(other.refreshToken), 401, 'REFRESH_TOKEN_REUSED');

      const events = (await eventsOf(user.id)).map(({ type, sessionId, details, actor, ip }) => ({
        type,
        sessionId,
        details,
        ip,
        actor: actor.kind,
      }));
      const reused = { type: 'session.refresh_reused', actor: 'anonymous', ip: '127.0.0.1' };
      expect(events[0]).toEqual({ ...reused, sessionId: sessionOf(other), details: { reuse: 'recent' } });
      expect(events[2]).toEqual({ ...reused, sessionId: sessionOf(first), details: { reuse: 'stale' } });
      expect(events).toHaveLength(5);
    });

    it('a password change with the sessions it ends, and a wrong current password', async () => {
      const { user, ...mine } = (await server.api.register()).body;
      await server.api.login(user.email);
      await server.api.login(user.email);
      const change = (currentPassword: string) =>
        server.api.post(
          '/api/auth/password/change',
          { currentPassword, newPassword: OTHER_PASSWORD },
          { token: mine.accessToken },
        );
      await change('wrong');
      await change(PASSWORD);
      const [ended, changed, refused] = await eventsOf(user.id);

      expect(refused).toMatchObject({ type: 'password.changed', outcome: 'failure' });
      expect(changed).toMatchObject({
        type: 'password.changed',
        outcome: 'success',
        sessionId: sessionOf(mine),
      });
      expect(ended).toMatchObject({
        type: 'session.ended',
        sessionId: null,
        details: { reason: 'password_changed', sessions: 2 },
      });
    });

    it('what operators do to an account, and what they did stays when it is gone', async () => {
      const { user } = (await server.api.register()).body;
      await accounts.grantRole(user.email, 'admin');
      await accounts.withdrawRole(user.email, 'admin');
      await server.app.get(AccountRescueService).endSessions({ email: user.email });
      await accounts.disable(user.email);
      await accounts.enable(user.email);
      await accounts.delete(user.email);
      const events = (await eventsOf(user.id)).slice(0, -2);

      expect(events.map(({ type }) => type)).toEqual([
        'user.deleted',
        'user.enabled',
        'user.disabled',
        'session.ended',
        'role.withdrawn',
        'role.granted',
      ]);
      expect(events.at(-1)?.details).toEqual({ role: 'admin' });
      expect(new Set(events.map(({ actor }) => actor.kind))).toEqual(new Set(['operator']));
    });

    it('the rotation and the revocation of signing keys', async () => {
      const rotation = server.app.get(SigningKeyRotation);
      const { kid } = await rotation.rotate();
      await rotation.revoke(kid);
      const [revoked, rotated] = (await read({ actor: 'operator', limit: '2' })).events;

      expect([rotated, revoked]).toMatchObject([
        { type: 'signing_key.rotated', details: { kid }, subject: null },
        { type: 'signing_key.revoked', details: { kid }, subject: null },
      ]);
    });

    it('the first administrator', async () => {
      const { events } = await read({ type: 'admin.created' });
      expect(events).toMatchObject([{ actor: { kind: 'system' }, ip: null }]);
    });

    it('no refresh and no guarded request', async () => {
      const { user, ...first } = (await server.api.register()).body;
      const before = (await eventsOf(user.id)).length;
      const second = (await server.api.refresh(first.refreshToken)).body;
      await server.api.profile(second.accessToken);

      expect((await eventsOf(user.id)).length).toBe(before);
    });
  });

  describe('fails with what it tells of:', () => {
    const failing = () =>
      jest.spyOn(server.app.get(AuditSink), 'record').mockRejectedValue(new Error('no room for it'));

    it('no user is registered, logged in or changed without a record', async () => {
      const { user, ...mine } = (await server.api.register()).body;
      const email = uniqueEmail();
      const spy = failing();
      try {
        expectProblem(await server.api.register({ email }), 500, 'INTERNAL');
        expectProblem(await server.api.login(user.email), 500, 'INTERNAL');
        const passwords = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
        const options = { token: mine.accessToken };
        expectProblem(
          await server.api.post('/api/auth/password/change', passwords, options),
          500,
          'INTERNAL',
        );
        await expect(accounts.disable(user.email)).rejects.toThrow('no room for it');
        await expect(accounts.delete(user.email)).rejects.toThrow('no room for it');
        await expect(accounts.grantRole(user.email, 'admin')).rejects.toThrow('no room for it');
      } finally {
        spy.mockRestore();
      }

      expectProblem(await server.api.login(email), 401, 'INVALID_CREDENTIALS');
      const after = await server.api.login(user.email);
      expect(after.body.user.roles).toEqual(['user']);
      expect((await server.api.profile(mine.accessToken)).status).toBe(200);
    });

    it('but a login that failed stays one, and a session whose token was used again ends all the same', async () => {
      const { user, ...first } = (await server.api.register()).body;
      const second = (await server.api.refresh(first.refreshToken)).body;
      await server.api.refresh(second.refreshToken);
      const spy = failing();
      try {
        expectProblem(await server.api.login(user.email, 'wrong'), 401, 'INVALID_CREDENTIALS');
        expectProblem(await server.api.refresh(first.refreshToken), 401, 'REFRESH_TOKEN_REUSED');
      } finally {
        spy.mockRestore();
      }
      expectProblem(await server.api.profile(second.accessToken), 401, 'TOKEN_REVOKED');
    });
  });

  describe('is appended to, and nothing else:', () => {
    const run = (statement: ReturnType<typeof sql>) =>
      server.app.get(DatabaseConnection).db.execute(statement);

    it.each([
      ['changed', sql`update latchkey.audit_events set outcome = 'success'`],
      ['deleted', sql`delete from latchkey.audit_events`],
      ['truncated', sql`truncate latchkey.audit_events`],
    ])('nothing is %s', async (_, statement) => {
      const { events } = await read();
      await expect(run(statement)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('append-only') },
      });
      expect((await read()).events).toEqual(events);
    });
  });
});
