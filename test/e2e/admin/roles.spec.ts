import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { UserRolesService } from '../../../src/admin/roles/user-roles.service.js';
import { RevocationService } from '../../../src/tokens/revocation/revocation.service.js';
import type { SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem, fieldsOf } from '../support/problems.js';

interface Role {
  name: string;
  scopes: string[];
  description: string;
}

describeOnEachStore('Roles', (environment) => {
  let server: TestApp;
  let administration: Administration;
  /** Has what it takes to make a support role, and no more. */
  let lead: SignedIn;

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    administration = await Administration.of(server);
    lead = await administration.withScopes('roles:read', 'roles:write', 'users:read');
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await server.close();
  });

  const newName = () => `role-${randomUUID().slice(0, 8)}`;
  const make = (json: unknown, by?: SignedIn) => administration.ask('POST', '/api/admin/roles', by, json);
  const put = (name: string, json: unknown, by?: SignedIn) =>
    administration.ask('PUT', `/api/admin/roles/${encodeURIComponent(name)}`, by, json);
  const remove = (name: string, by?: SignedIn) =>
    administration.ask('DELETE', `/api/admin/roles/${encodeURIComponent(name)}`, by);
  const all = async () =>
    (await server.api.get<Role[]>('/api/admin/roles', { token: administration.admin.accessToken })).body;
  const found = async (name: string) => (await all()).find((role) => role.name === name);
  const refreshed = async ({ refreshToken }: SignedIn) => (await server.api.refresh(refreshToken)).body;

  it('are listed by name, with what each allows', async () => {
    const names = (await all()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['admin', 'user']));
    expect(names).toEqual(names.toSorted());
    expect(await found('admin')).toMatchObject({ scopes: expect.arrayContaining(['admins:write']) });
  });

  it('of a support are made, given and work, and take nothing else', async () => {
    const name = newName();
    const scopes = ['users:read', 'users:write', 'sessions:read'];
    const made = await make({ name, scopes, description: 'Helps people.' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({ name, scopes: scopes.toSorted(), description: 'Helps people.' });
    expect(await found(name)).toEqual(made.body);
    const helper = await administration.user();
    await administration.change(helper.user.id, { roles: ['user', name] });
    const { accessToken } = await refreshed(helper);
    const support = { ...helper, accessToken };
    const { id } = (await administration.user()).user;
    expect((await administration.ask('GET', '/api/admin/users', support)).status).toBe(200);
    expect((await administration.ask('GET', `/api/admin/users/${id}/sessions`, support)).status).toBe(200);
    expect((await administration.change(id, { name: 'X' }, support)).status).toBe(200);
    expectProblem(await administration.change(id, { roles: [] }, support), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await administration.ask('GET', '/api/admin/roles', support), 403, 'INSUFFICIENT_SCOPE');
    const { id: administrator } = administration.admin.user;
    expectProblem(
      await administration.change(administrator, { name: 'X' }, support),
      403,
      'INSUFFICIENT_SCOPE',
    );
  });

  describe('that are changed', () => {
    it('are in force at the next request of who has them, and sessions go on', async () => {
      const name = await administration.newRole(['users:read', 'roles:read']);
      const holder = await administration.withRole(name);
      const changed = await put(name, { scopes: ['users:read'], description: 'Reads.' });
      expect(changed.body).toEqual({ name, scopes: ['users:read'], description: 'Reads.' });
      expectProblem(await server.api.profile(holder.accessToken), 401, 'TOKEN_REVOKED');
      const { accessToken } = await refreshed(holder);
      expect(decodeJwt(accessToken)['scope']).not.toContain('roles:read');
      expect((await server.api.get('/api/admin/users', { token: accessToken })).status).toBe(200);
      expectProblem(
        await server.api.get('/api/admin/roles', { token: accessToken }),
        403,
        'INSUFFICIENT_SCOPE',
      );
      expect((await put(name, { scopes: [] })).body).toEqual({ name, scopes: [], description: 'Reads.' });
      const events = await administration.events({ type: 'role.changed' });
      expect(events[0]).toMatchObject({
        actor: { kind: 'user', id: administration.admin.user.id },
        details: { role: name },
      });
    });

    it('are in force for many at once', async () => {
      const name = await administration.newRole(['users:read']);
      const holder = await administration.withRole(name);
      const revocations = server.app.get(RevocationService);
      const revokeAll = jest.spyOn(revocations, 'revokeAll');
      for (let turn = 0; turn < 50; turn += 1)
        await server.app.get(UserRolesService).set((await administration.user()).user.email, [name]);
      await put(name, { scopes: [] });
      expect(revokeAll).toHaveBeenCalledTimes(1);
      expectProblem(await server.api.profile(holder.accessToken), 401, 'TOKEN_REVOKED');
      Object.assign(administration.admin, await refreshed(administration.admin));
      Object.assign(lead, await refreshed(lead));
    });
  });

  describe('are for who', () => {
    it('has the scopes of roles', async () => {
      const name = await administration.newRole([]);
      const reader = await administration.withScopes('roles:read');
      const user = await administration.user();
      expect((await administration.ask('GET', '/api/admin/roles', reader)).status).toBe(200);
      expectProblem(await administration.ask('GET', '/api/admin/roles', user), 403, 'INSUFFICIENT_SCOPE');
      for (const by of [reader, user]) {
        expectProblem(await make({ name: newName(), scopes: [] }, by), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await put(name, { scopes: [] }, by), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await remove(name, by), 403, 'INSUFFICIENT_SCOPE');
      }
      for (const [method, path] of [
        ['GET', '/api/admin/roles'],
        ['POST', '/api/admin/roles'],
        ['PUT', `/api/admin/roles/${name}`],
        ['DELETE', `/api/admin/roles/${name}`],
      ] as const)
        expectProblem(await server.api.request(method, path), 401, 'TOKEN_MISSING');
    });

    it('has what they allow, before and after', async () => {
      const mine = await administration.newRole(['users:read']);
      const more = await administration.newRole(['users:read', 'keys:write']);
      const ofAShop = await administration.newRole(['orders:write']);
      for (const scopes of [['keys:write'], ['users:read', 'admins:write'], ['orders:write']]) {
        expectProblem(await make({ name: newName(), scopes }, lead), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await put(mine, { scopes }, lead), 403, 'INSUFFICIENT_SCOPE');
      }
      for (const name of [more, ofAShop]) {
        expectProblem(await put(name, { scopes: ['users:read'] }, lead), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await remove(name, lead), 403, 'INSUFFICIENT_SCOPE');
      }
      expect((await put(mine, { scopes: ['users:read', 'roles:read'] }, lead)).status).toBe(200);
      expect((await remove(mine, lead)).status).toBe(204);
    });

    it('has those that open routes by their name alone, which are not made others by giving them a scope', async () => {
      const name = await administration.newRole([]);
      expectProblem(await put(name, { scopes: ['users:read'] }, lead), 403, 'INSUFFICIENT_SCOPE');
      expectProblem(await remove(name, lead), 403, 'INSUFFICIENT_SCOPE');
      expect(await found(name)).toMatchObject({ scopes: [] });
      expect((await put(name, { scopes: ['users:read'] })).status).toBe(200);
    });

    it('has them not already: no one gives a role that they have more than their token has', async () => {
      const mine = lead.user.roles.find((role) => role !== 'user') ?? '';
      expectProblem(
        await put(mine, { scopes: ['roles:read', 'roles:write', 'users:read', 'users:write'] }, lead),
        403,
        'INSUFFICIENT_SCOPE',
      );
      const name = await administration.newRole([]);
      const { admin } = administration;
      await administration.change(admin.user.id, { roles: ['admin', 'user', name] });
      Object.assign(admin, await refreshed(admin));
      for (const role of [name, 'user'])
        expectProblem(await put(role, { scopes: ['orders:write'] }), 403, 'INSUFFICIENT_SCOPE');
      expect((await found(name))?.scopes).toEqual([]);
    });

    it('has the scopes still, and not who had them when the token was made', async () => {
      const dismissed = await administration.withScopes('roles:write', 'users:read');
      jest.spyOn(server.app.get(RevocationService), 'revokeSubject').mockResolvedValueOnce(undefined);
      await administration.change(dismissed.user.id, { roles: ['user'] });
      expect((await server.api.profile(dismissed.accessToken)).status).toBe(200);
      const name = newName();
      expectProblem(await make({ name, scopes: ['users:read'] }, dismissed), 403, 'INSUFFICIENT_SCOPE');
      expectProblem(await make({ name, scopes: [] }, dismissed), 403, 'INSUFFICIENT_SCOPE');
      expect(await found(name)).toBeUndefined();
    });
  });

  describe('refuse', () => {
    it('to be made twice, also at once', async () => {
      const json = { name: newName(), scopes: ['users:read'] };
      const answers = await Promise.all(Array.from({ length: 5 }, () => make(json)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const answer of answers.filter(({ status }) => status !== 201))
        expectProblem(answer, 409, 'ROLE_TAKEN');
      for (const name of ['admin', 'user'])
        expectProblem(await make({ name, scopes: [] }), 409, 'ROLE_TAKEN');
    });

    it('to be another than it is, of those that Latchkey needs', async () => {
      const before = await all();
      for (const scopes of [[], ['users:read'], ['admins:write']])
        expectProblem(await put('admin', { scopes }), 409, 'ROLE_PROTECTED');
      expectProblem(await put('user', { scopes: ['users:read'] }), 409, 'ROLE_PROTECTED');
      for (const name of ['admin', 'user']) expectProblem(await remove(name), 409, 'ROLE_PROTECTED');
      expect(await all()).toEqual(before);
    });

    it('to be deleted while a user has them, a disabled one too', async () => {
      const name = await administration.newRole(['users:read']);
      const { id } = (await administration.withRole(name)).user;
      await administration.change(id, { disabled: true });
      expectProblem(await remove(name), 409, 'ROLE_IN_USE');
      await administration.change(id, { roles: [] });
      expect((await remove(name)).status).toBe(204);
      expect(await found(name)).toBeUndefined();
      expectProblem(await remove(name), 404, 'NOT_FOUND');
    });

    it('names of none', async () => {
      for (const name of ['no-such-role', 'Admin', '%00', 'a b', "' or '1'='1"]) {
        expectProblem(await put(name, { scopes: [] }), 404, 'NOT_FOUND');
        expectProblem(await remove(name), 404, 'NOT_FOUND');
      }
      for (const path of ['%00', '%20'])
        expectProblem(await administration.ask('DELETE', `/api/admin/roles/${path}`), 404, 'NOT_FOUND');
    });

    it('what is no role', async () => {
      const right = { name: newName(), scopes: ['users:read'] };
      for (const [field, value] of [
        ['name', ''],
        ['name', 'Has Capitals'],
        ['name', 'x'.repeat(65)],
        ['name', '-x'],
        ['name', 'a\u0000b'],
        ['name', 7],
        ['scopes', null],
        ['scopes', 'users:read'],
        ['scopes', ['a b']],
        ['scopes', ['']],
        ['scopes', ['a"b']],
        ['scopes', ['ä']],
        ['scopes', ['x'.repeat(101)]],
        ['scopes', ['a', 'a']],
        ['scopes', [['users:read']]],
        ['scopes', Array.from({ length: 51 }, (_, place) => `s${place}`)],
        ['description', null],
        ['description', 5],
        ['description', 'x'.repeat(256)],
        ['description', 'a\u0000b'],
        ['id', 1],
        ['users', ['me']],
      ] as const) {
        const answer = await make({ ...right, [field]: value });
        expectProblem(answer, 400, 'VALIDATION_FAILED');
        expect(fieldsOf(answer)).toEqual([field]);
      }
      for (const json of [{}, { name: right.name }, { scopes: [] }])
        expectProblem(await make(json), 400, 'VALIDATION_FAILED');
      const renamed = await put('user', { name: 'other', scopes: [] });
      expectProblem(renamed, 400, 'VALIDATION_FAILED');
      expect(fieldsOf(renamed)).toEqual(['name']);
      expect(await found(right.name)).toBeUndefined();
    });
  });

  it('are told in the audit log by name, and whose they were', async () => {
    const name = newName();
    await make({ name, scopes: ['users:read'] }, lead);
    await remove(name, lead);
    for (const type of ['role.created', 'role.deleted'])
      expect((await administration.events({ type }))[0]).toMatchObject({
        actor: { kind: 'user', id: lead.user.id },
        subject: null,
        details: { role: name },
      });
  });

  it('are set as a whole by operators', async () => {
    const operators = server.app.get(UserRolesService);
    const { user, accessToken } = await administration.user();
    const name = await administration.newRole(['users:read']);
    expect((await operators.set(user.email, [name, name])).roles).toEqual([name]);
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    await expect(operators.set(user.email, ['no-such-role'])).rejects.toThrow('There is no such role.');
    await expect(operators.set('nobody@example.com', [name])).rejects.toThrow('no user');
    expect((await administration.see(user.id)).body.roles).toEqual([name]);
    const events = await administration.events({ subject: user.id, type: 'role.granted' });
    expect(events.map(({ actor, details }) => [actor.kind, details])).toEqual([['operator', { role: name }]]);
  });
});
