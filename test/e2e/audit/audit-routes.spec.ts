import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import type { AuditEvent } from '../../support/audit-event.js';
import { PASSWORD, type SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

interface Page<Entry> {
  events: Entry[];
  nextCursor: string | null;
}

describeOnEachStore('Reading the audit log', (environment) => {
  let server: TestApp;
  let admin: SignedIn;

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    const { user } = (await server.api.register()).body;
    await server.app.get(UserAdministrationService).grantRole(user.email, 'admin');
    admin = (await server.api.login(user.email)).body;
  });
  afterAll(async () => {
    await server.close();
  });

  const ask = (query: Record<string, string> | [string, string][] = {}) =>
    server.api.get<Page<AuditEvent>>(`/api/admin/audit?${new URLSearchParams(query).toString()}`, {
      token: admin.accessToken,
    });
  const read = async (query: Record<string, string> = {}) => {
    const answer = await ask(query);
    expect(answer.status).toBe(200);
    return answer.body;
  };
  /** All pages from here on. */
  const readOn = async (query: Record<string, string>): Promise<AuditEvent[]> => {
    const { events, nextCursor } = await read(query);
    return nextCursor === null ? events : [...events, ...(await readOn({ ...query, cursor: nextCursor }))];
  };

  it('is for who has the scope audit:read', async () => {
    const { accessToken } = (await server.api.register()).body;
    const refused = await server.api.get('/api/admin/audit', { token: accessToken });
    expectProblem(refused, 403, 'INSUFFICIENT_SCOPE');
    expect(refused.headers.get('www-authenticate')).toContain('needs the scope audit:read.');
    const { accessToken: token } = await (await Administration.of(server)).withScopes('audit:read');
    expect((await server.api.get('/api/admin/audit', { token })).status).toBe(200);
    expectProblem(await server.api.get('/api/admin/audit'), 401, 'TOKEN_MISSING');
    expectProblem(await server.api.get('/api/profile/audit'), 401, 'TOKEN_MISSING');
  });

  it('answers the addresses of the users named to who may find users, of those who are there still', async () => {
    const { user } = (await server.api.register()).body;
    const other = (await server.api.register()).body;
    const by = { token: other.accessToken };
    await server.api.request('DELETE', '/api/profile', { ...by, json: { password: PASSWORD } });
    const path = '/api/admin/audit?addresses=true';
    const { body } = await server.api.get<Page<AuditEvent> & { users: object[] }>(`${path}&limit=100`, {
      token: admin.accessToken,
    });
    const { id, email } = user;
    expect(body.users).toContainEqual({ id, email });
    expect(body.users.filter((one) => 'id' in one && one.id === other.user.id)).toEqual([]);
    expect(await read({ limit: '1' })).not.toHaveProperty('users');
    const { accessToken: token } = await (await Administration.of(server)).withScopes('audit:read');
    expectProblem(await server.api.get(path, { token }), 403, 'INSUFFICIENT_SCOPE');
  });

  it('goes page by page, the newest first, each event once, whatever is recorded meanwhile', async () => {
    const { user } = (await server.api.register()).body;
    for (let i = 0; i < 9; i += 1) await server.api.login(user.email, i % 2 === 0 ? undefined : 'wrong');
    const before = await readOn({ subject: user.id, limit: '100' });
    const first = await read({ subject: user.id, limit: '4' });
    // More come while it is paged.
    const writing = Promise.all(Array.from({ length: 8 }, () => server.api.login(user.email)));
    const rest = await readOn({ subject: user.id, limit: '4', cursor: first.nextCursor ?? '' });
    await writing;

    expect(before).toHaveLength(11);
    expect([...first.events, ...rest]).toEqual(before);
    const times = before.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(await readOn({ subject: user.id, limit: '3', cursor: first.nextCursor ?? '' })).toEqual(rest);
    expect(await read({ subject: user.id, limit: '19' })).toMatchObject({ nextCursor: null });
  });

  it('has 50 events on a page unless told otherwise', async () => {
    for (let i = 0; i < 52; i += 1) await server.api.login('nobody@example.com', 'wrong');
    expect((await read({ type: 'login.failed' })).events).toHaveLength(50);
    expect((await read({ type: 'login.failed', limit: '100' })).events.length).toBeGreaterThan(50);
  });

  it('filters by type, subject, actor, outcome, address and time, alone and together', async () => {
    const { user } = (await server.api.register()).body;
    await server.api.login(user.email, 'wrong');
    const middle = new Date(server.clock.now() + 500).toISOString();
    server.clock.advance(1000);
    await server.api.login(user.email);
    const subject = user.id;
    const types = async (query: Record<string, string>) =>
      (await read({ subject, ...query })).events.map(({ type }) => type);

    const early = ['login.failed', 'login.succeeded', 'user.registered'];
    expect(await types({})).toEqual(['login.succeeded', ...early]);
    expect(await types({ type: 'login.succeeded' })).toEqual(['login.succeeded', 'login.succeeded']);
    expect(await types({ outcome: 'failure' })).toEqual(['login.failed']);
    expect(await types({ actor: 'anonymous' })).toEqual(['login.failed']);
    expect(await types({ actor: user.id, type: 'user.registered' })).toEqual(['user.registered']);
    expect(await types({ actor: admin.user.id })).toEqual([]);
    expect(await types({ from: middle })).toEqual(['login.succeeded']);
    expect(await types({ to: middle })).toEqual(early);
    expect(await types({ from: middle, to: middle })).toEqual([]);
    expect(await types({ ip: '127.0.0.1', outcome: 'failure' })).toEqual(['login.failed']);
    expect(await types({ ip: '192.0.2.1' })).toEqual([]);
  });

  it.each([
    ['type', 'login'],
    ['type', ''],
    ['outcome', 'ok'],
    ['ip', '127.0.0.300'],
    ['subject', 'a b'],
    ['subject', 'x'.repeat(256)],
    ['actor', ''],
    ['actor', 'nü'],
    ['from', '2026-01-31'],
    ['from', '2026-01-31T12:00:00'],
    ['to', '2026-13-31T12:00:00Z'],
    ['to', '2026-02-31T12:00:00Z\n'],
    ['to', '2026-02-30T12:00:00Z'],
    ['addresses', 'yes'],
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '1e1'],
    ['limit', '-1'],
    ['cursor', ''],
    ['cursor', 'AAAA'],
    ['cursor', `${'A'.repeat(21)}B`],
    ['cursor', "' or 1=1 --"],
    ['unknown', 'x'],
  ])('refuses %s=%j and says which field it is', async (field, value) => {
    const answer = await ask({ [field]: value });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors?.map((error) => error.field)).toEqual([field]);
  });

  it('refuses a field that is given twice', async () => {
    const twice = (field: string, value: string) =>
      ask([
        [field, value],
        [field, value],
      ]);
    for (const [field, value] of [
      ['type', 'login.failed'],
      ['limit', '5'],
      ['actor', 'system'],
    ] as const) {
      expectProblem(await twice(field, value), 400, 'VALIDATION_FAILED');
    }
  });

  describe('of one’s own account', () => {
    it('shows what happened to it, who did it, and nothing of others', async () => {
      const { user, accessToken } = (await server.api.register()).body;
      await server.api.login(user.email, 'wrong');
      const accounts = server.app.get(UserAdministrationService);
      await accounts.disable(user.email);
      await accounts.enable(user.email);
      expectProblem(await server.api.get('/api/profile/audit', { token: accessToken }), 401, 'TOKEN_REVOKED');
      const token = (await server.api.login(user.email)).body.accessToken;
      const answer = await server.api.get<Page<Record<string, unknown>>>('/api/profile/audit', { token });

      expect(answer.body.events.map(({ type, by, ip, reason }) => [type, by, ip, reason])).toEqual([
        ['login.succeeded', 'you', '127.0.0.1', null],
        ['user.enabled', 'the service', null, null],
        ['session.ended', 'the service', null, 'account_disabled'],
        ['user.disabled', 'the service', null, null],
        ['login.failed', 'unknown', '127.0.0.1', 'wrong_credentials'],
        ['login.succeeded', 'you', '127.0.0.1', null],
        ['user.registered', 'you', '127.0.0.1', null],
      ]);
      expect(JSON.stringify(answer.body)).not.toMatch(/identifier|requestId|actor/);
    });

    it('goes page by page, and takes no filter of the other route', async () => {
      const { accessToken: token } = (await server.api.register()).body;
      const first = await server.api.get<Page<{ type: string }>>('/api/profile/audit?limit=1', { token });
      const next = `/api/profile/audit?cursor=${first.body.nextCursor}`;
      const second = await server.api.get<Page<{ type: string }>>(next, { token });

      expect(first.body.events.map(({ type }) => type)).toEqual(['login.succeeded']);
      expect(second.body).toMatchObject({ events: [{ type: 'user.registered' }], nextCursor: null });
      const foreign = `/api/profile/audit?subject=${admin.user.id}`;
      expectProblem(await server.api.get(foreign, { token }), 400, 'VALIDATION_FAILED');
    });
  });
});
