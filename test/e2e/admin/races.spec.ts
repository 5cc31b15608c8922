import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';

describeOnEachStore('Administrators who act at the same moment', (environment) => {
  let server: TestApp;
  let administration: Administration;

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    administration = await Administration.of(server);
  });
  afterAll(async () => {
    await server.close();
  });

  const statusOf = async (answer: Promise<{ status: number }>) => (await answer).status;
  const administrators = (count: number) =>
    Promise.all(Array.from({ length: count }, () => administration.withRole('admin')));
  /** Those who are left, as a user says who logs in again. */
  const left = async (all: readonly SignedIn[]) => {
    const logins = await Promise.all(all.map(({ user }) => server.api.login(user.email)));
    return logins.filter(({ status, body }) => status === 200 && body.user.roles.includes('admin'));
  };
  const removeAllOthers = async (kept: readonly string[]) => {
    const { users } = (
      await server.api.get<{ users: { id: string }[] }>('/api/admin/users?role=admin&limit=100', {
        token: administration.admin.accessToken,
      })
    ).body;
    for (const { id } of users.filter((user) => !kept.includes(user.id)))
      await administration.ask('DELETE', `/api/admin/users/${id}`);
  };

  it('do not both take the role from each other', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const [one, other] = (await administrators(2)) as [SignedIn, SignedIn];
      const statuses = await Promise.all([
        statusOf(administration.change(other.user.id, { roles: ['user'] }, one, '*')),
        statusOf(administration.change(one.user.id, { roles: ['user'] }, other, '*')),
      ]);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(await left([one, other])).toHaveLength(1);
    }
  });

  it('leave no user with a role that is deleted, and no change half made', async () => {
    const { id } = (await administration.user()).user;
    for (let turn = 0; turn < 8; turn += 1) {
      const role = await administration.newRole(['users:read']);
      const [granted, deleted] = await Promise.all([
        statusOf(administration.change(id, { roles: ['user', role], name: role }, administration.admin, '*')),
        statusOf(administration.ask('DELETE', `/api/admin/roles/${role}`)),
      ]);
      expect([
        [200, 409],
        [400, 204],
      ]).toContainEqual([granted, deleted]);
      const { roles, name } = (await administration.see(id)).body;
      expect(roles.includes(role)).toBe(granted === 200);
      expect(name === role).toBe(granted === 200);
    }
  });

  it('wait for no one for ever: changes of users, roles and accounts end, and none by an error of the server', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => administration.user()));
    const role = await administration.newRole(['users:read']);
    const asked = people.flatMap(({ user }, place) => [
      administration.change(user.id, { roles: ['user', role] }, administration.admin, '*'),
      administration.change(user.id, { roles: [] }, administration.admin, '*'),
      administration.change(user.id, { disabled: place % 2 === 0 }, administration.admin, '*'),
      administration.change(
        user.id,
        { name: `N${place}`, email: `x-${randomUUID()}@example.com` },
        administration.admin,
        '*',
      ),
      administration.ask('PUT', `/api/admin/roles/${role}`, administration.admin, { scopes: ['users:read'] }),
      administration.ask('POST', `/api/admin/users/${user.id}/unlock`),
      administration.user(),
      administration.ask(place === 3 ? 'DELETE' : 'GET', `/api/admin/users/${user.id}`),
    ]);
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
    const statuses = answers.map((answer) =>
      answer.status === 'fulfilled' && 'status' in answer.value ? answer.value.status : 200,
    );
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  it('leave one of them, when each removes all others and themselves in every way', async () => {
    const all = [administration.admin, ...(await administrators(5))];
    await removeAllOthers(all.map(({ user }) => user.id));
    const ways = [
      (by: SignedIn, id: string) => administration.change(id, { roles: ['user'] }, by, '*'),
      (by: SignedIn, id: string) => administration.change(id, { disabled: true }, by, '*'),
      (by: SignedIn, id: string) => administration.ask('DELETE', `/api/admin/users/${id}`, by),
    ];
    const statuses = await Promise.all(
      all.flatMap((by, place) =>
        all.map(({ user }, other) => {
          const way = ways[(place + other) % ways.length];
          return way ? statusOf(way(by, user.id)) : Promise.resolve(0);
        }),
      ),
    );
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(await left(all)).toHaveLength(1);
  });
});
