import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import { roles } from '../../../src/users/users.table.js';
import type { SignedIn } from '../../support/api-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';

interface Key {
  kid: string;
  state: string;
}

describeOnEachStore('Help by who has some scopes of administration', (environment) => {
  let server: TestApp;
  let admin: SignedIn;
  let reader: SignedIn;
  let support: SignedIn;
  let user: SignedIn;

  const withRole = async (role: string): Promise<SignedIn> => {
    const { email } = (await server.api.register()).body.user;
    await server.app.get(UserAdministrationService).grantRole(email, role);
    return (await server.api.login(email)).body;
  };
  const newRole = async (name: string, scopes: string[]) => {
    const { db } = server.app.get(DatabaseConnection);
    await db
      .insert(roles)
      .values({ name, scopes, description: '' })
      .onConflictDoUpdate({ target: roles.name, set: { scopes: sql`excluded.scopes` } });
    return withRole(name);
  };
  const ask = (method: string, path: string, by?: SignedIn) =>
    server.api.request(method, path, by && { token: by.accessToken });
  const sessionsOf = (id: string) => `/api/admin/users/${id}/sessions`;
  const list = async (id: string) =>
    (await server.api.get<{ id: string }[]>(sessionsOf(id), { token: support.accessToken })).body;
  const lastEvent = async (type: string) => {
    const { body } = await server.api.get<{ events: unknown[] }>(`/api/admin/audit?type=${type}&limit=1`, {
      token: admin.accessToken,
    });
    return body.events[0];
  };

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    admin = await withRole('admin');
    const some = randomUUID().slice(0, 8);
    reader = await newRole(`reader-${some}`, ['users:read']);
    support = await newRole(`support-${some}`, ['sessions:read', 'sessions:write', 'users:write']);
    user = (await server.api.register()).body;
  });
  afterAll(async () => {
    await server.close();
  });

  it('is refused to who has another scope, or none, or no token', async () => {
    const { id } = user.user;
    const asked = [
      ['GET', sessionsOf(id)],
      ['DELETE', sessionsOf(id)],
      ['DELETE', `${sessionsOf(id)}/${randomUUID()}`],
      ['POST', `/api/admin/users/${id}/password-reset`],
      ['GET', '/api/admin/keys'],
      ['POST', '/api/admin/keys/rotate'],
    ] as const;
    for (const [method, path] of asked) {
      expectProblem(await ask(method, path), 401, 'TOKEN_MISSING');
      for (const by of [reader, user]) expectProblem(await ask(method, path, by), 403, 'INSUFFICIENT_SCOPE');
    }
    for (const [method, path] of asked.slice(4))
      expectProblem(await ask(method, path, support), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await ask('DELETE', '/api/admin/sessions', support), 403, 'INSUFFICIENT_ROLE');
    expect((await server.api.profile(user.accessToken)).status).toBe(200);
  });

  describe('with sessions', () => {
    it('ends one, whose tokens die, and leaves the others', async () => {
      const phone = (await server.api.register()).body;
      const [open] = await list(phone.user.id);
      const laptop = (await server.api.login(phone.user.email)).body;
      const path = `${sessionsOf(phone.user.id)}/${open?.id}`;
      expect((await ask('DELETE', path, support)).status).toBe(204);
      expectProblem(await server.api.profile(phone.accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(phone.refreshToken), 401, 'SESSION_ENDED');
      expect((await server.api.profile(laptop.accessToken)).status).toBe(200);
      expect(await lastEvent('session.ended')).toMatchObject({
        actor: { kind: 'user', id: support.user.id },
        subject: phone.user.id,
        details: { reason: 'ended_by_admin' },
      });
      expect((await ask('DELETE', path, support)).status).toBe(204);
      expect((await server.api.profile(laptop.accessToken)).status).toBe(200);
    });

    it('finds none that is another user’s, or that there is not', async () => {
      const [others] = await list(reader.user.id);
      for (const session of [others?.id, randomUUID(), 'nonsense', '%00'])
        expectProblem(
          await ask('DELETE', `${sessionsOf(user.user.id)}/${session}`, support),
          404,
          'NOT_FOUND',
        );
      for (const id of [randomUUID(), 'nonsense', '%00'])
        expectProblem(await ask('DELETE', `${sessionsOf(id)}/${others?.id}`, support), 404, 'NOT_FOUND');
    });
  });

  describe('of an account that administers', () => {
    it('is for who may change administrators', async () => {
      const { id } = admin.user;
      const [open] = await list(id);
      for (const [method, path] of [
        ['DELETE', sessionsOf(id)],
        ['DELETE', `${sessionsOf(id)}/${open?.id}`],
        ['POST', `/api/admin/users/${id}/password-reset`],
      ] as const)
        expectProblem(await ask(method, path, support), 403, 'INSUFFICIENT_SCOPE');
      expect((await server.api.profile(admin.accessToken)).status).toBe(200);
      const other = await withRole('admin');
      expect((await ask('DELETE', sessionsOf(other.user.id), admin)).status).toBe(204);
      expectProblem(await server.api.profile(other.accessToken), 401, 'TOKEN_REVOKED');
    });

    it('is for who has the scopes of administration that it has', async () => {
      expectProblem(await ask('DELETE', sessionsOf(reader.user.id), support), 403, 'INSUFFICIENT_SCOPE');
      expect((await server.api.profile(reader.accessToken)).status).toBe(200);
    });
  });

  it('starts a reset of the password', async () => {
    const { user: forgetful, accessToken } = (await server.api.register()).body;
    expect((await ask('POST', `/api/admin/users/${forgetful.id}/password-reset`, support)).status).toBe(202);
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
  });

  it('lists the signing keys, and publishes the next one, once while it waits', async () => {
    const keys = async () =>
      (await server.api.get<Key[]>('/api/admin/keys', { token: admin.accessToken })).body;
    const before = await keys();
    expect(before.some(({ state }) => state === 'signing')).toBe(true);
    const made = await ask('POST', '/api/admin/keys/rotate', admin);
    expect(made.status).toBe(200);
    const again = await ask('POST', '/api/admin/keys/rotate', admin);
    expect(again.body).toEqual(made.body);
    const after = await keys();
    expect(after).toContainEqual(made.body);
    expect(JSON.stringify(after)).not.toMatch(/PRIVATE|"d":/);
    const { kid } = made.body as unknown as Key;
    expect(await lastEvent('signing_key.rotated')).toMatchObject({
      actor: { kind: 'user', id: admin.user.id },
      details: { kid },
    });
  });
});
