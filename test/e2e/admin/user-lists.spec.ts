import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { PASSWORD, type SignedIn, uniqueEmail, type User } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

interface ListedUser extends User {
  disabled: boolean;
  lastLoginAt: string | null;
  updatedAt: string;
}

interface Page {
  users: ListedUser[];
  nextCursor: string | null;
}

describeOnEachStore('Lists of users', (environment) => {
  let server: TestApp;
  let operations: UserAdministrationService;
  let admin: SignedIn;
  /** Of this file's users: a name that no other has. */
  const family = `Fam${randomUUID().slice(0, 8)}`;
  const listed: User[] = [];

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    operations = server.app.get(UserAdministrationService);
    const { user } = (await server.api.register()).body;
    await operations.grantRole(user.email, 'admin');
    admin = (await server.api.login(user.email)).body;
    for (const name of ['Ada', 'Bob', 'Cyd', 'Dot', 'Eve']) {
      server.clock.advance(1_000);
      listed.push((await server.api.register({ name: `${name} ${family}` })).body.user);
    }
  });
  afterAll(async () => {
    await server.close();
  });

  const list = (query: Record<string, string> = {}, token = admin.accessToken) =>
    server.api.get<Page>(`/api/admin/users?${String(new URLSearchParams(query))}`, { token });
  const idsOf = (users: readonly { id: string }[]) => users.map(({ id }) => id);
  const found = async (query: Record<string, string>) => idsOf((await list(query)).body.users);
  const pages = async (query: Record<string, string>, between?: () => Promise<unknown>) => {
    const all: ListedUser[] = [];
    let cursor: string | null = '';
    for (let turn = 0; cursor !== null && turn < 50; turn += 1) {
      const { body }: { body: Page } = await list({ ...query, ...(cursor && { cursor }) });
      all.push(...body.users);
      cursor = body.nextCursor;
      await between?.();
    }
    return all;
  };

  describe('are for who', () => {
    it('has the scope users:read, and no one else', async () => {
      const { accessToken, user } = (await server.api.register()).body;
      for (const path of ['/api/admin/users', `/api/admin/users/${user.id}`]) {
        expectProblem(await server.api.get(path), 401, 'TOKEN_MISSING');
        expectProblem(await server.api.get(path, { token: accessToken }), 403, 'INSUFFICIENT_SCOPE');
        expect((await server.api.get(path, { token: admin.accessToken })).status).toBe(200);
      }
    });
  });

  describe('show', () => {
    it('of a user what administrators need, and no secret', async () => {
      const [user] = listed;
      const { body } = await list({ search: `ada ${family}` });
      expect(body).toEqual({
        users: [{ ...user, disabled: false, lastLoginAt: expect.any(String), updatedAt: expect.any(String) }],
        nextCursor: null,
      });
    });

    it('when a user last logged in', async () => {
      const { user } = (await server.api.register({ name: 'Late' })).body;
      server.clock.advance(60_000);
      const before = server.clock.now();
      await server.api.login(user.email);
      const { body } = await server.api.get<ListedUser>(`/api/admin/users/${user.id}`, {
        token: admin.accessToken,
      });
      const at = Date.parse(body.lastLoginAt ?? '');
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(server.clock.now());
      await server.api.login(user.email, 'not the password');
      const again = await server.api.get<ListedUser>(`/api/admin/users/${user.id}`, {
        token: admin.accessToken,
      });
      expect(again.body).toEqual(body);
    });
  });

  describe('find', () => {
    it.each([
      ['the beginning of a first name', (name: string) => `cy ${name}`, [2]],
      ['words in any order and case', (name: string) => `${name.toUpperCase()} DOT`, [3]],
      ['letters without their accents, and with others', (name: string) => `Évé ${name}`, [4]],
    ])('by %s', async (_, search, places) => {
      expect(await found({ search: search(family) })).toEqual(places.map((place) => listed[place]?.id));
    });

    it('by letters that carry accents in the name', async () => {
      const { user } = (await server.api.register({ name: `Zoë Łukasz-Ångström ${family}x` })).body;
      for (const search of ['zoe', 'lukasz', 'angstrom', 'ÅNGSTRÖM', 'Łukasz-Å', 'Zoe\u0308'])
        expect(await found({ search: `${search} ${family}x` })).toEqual([user.id]);
    });

    it('by the beginning of an address, of its parts and of its domain', async () => {
      const domain = `d${randomUUID()}.example`;
      const { user } = (await server.api.register({ email: `Jo.Smith+x@Mail.${domain}` })).body;
      for (const search of ['jo.smith+x@mail.', 'smith', `mail.${domain}`, domain, domain.slice(0, 20)])
        expect(await found({ search: `${search} ${domain}` })).toEqual([user.id]);
      for (const search of ['mith', 'o.smith', domain.slice(1)])
        expect(await found({ search: `${search} ${domain}` })).toEqual([]);
    });

    it('nobody by what only looks like a pattern', async () => {
      for (const search of ['%', '_', '*', `% ${family}`, `%${family}`, "' or true --", '\\', '- .'])
        expect((await list({ search: `${search} zzz${family}` })).body.users).toEqual([]);
      expect((await list({ search: '-' })).body).toEqual({ users: [], nextCursor: null });
    });

    it('a user by the name and the address of now', async () => {
      const before = `n${randomUUID()}`;
      const after = `m${randomUUID()}`;
      const { accessToken, user } = (await server.api.register({ name: before })).body;
      await server.api.request('PATCH', '/api/profile', { token: accessToken, json: { name: after } });
      expect(await found({ search: before })).toEqual([]);
      expect(await found({ search: after })).toEqual([user.id]);
      await operations.delete(user.email);
      expect(await found({ search: after })).toEqual([]);
    });

    it('who is disabled, is verified, has a role, and all of that together', async () => {
      const name = `f${randomUUID()}`;
      const users = await Promise.all([1, 2, 3].map(() => server.api.register({ name })));
      const [first, second, third] = users.map(({ body }) => body.user) as [User, User, User];
      await operations.disable(second.email);
      await operations.grantRole(third.email, 'admin');
      const ids = async (query: Record<string, string>) =>
        (await found({ search: name, ...query })).toSorted();
      expect(await ids({ disabled: 'true' })).toEqual([second.id]);
      expect(await ids({ disabled: 'false' })).toEqual([first.id, third.id].toSorted());
      expect(await ids({ role: 'admin' })).toEqual([third.id]);
      expect(await ids({ role: 'no such role' })).toEqual([]);
      expect(await ids({ verified: 'true' })).toEqual([]);
      expect(await ids({ verified: 'false', disabled: 'false', role: 'admin' })).toEqual([third.id]);
    });

    it('everyone where a form leaves its fields empty', async () => {
      const empty = { search: '', role: '', disabled: '', verified: '', sort: '', limit: '', cursor: '' };
      expect((await list(empty)).body).toEqual((await list()).body);
    });
  });

  describe('are sorted by', () => {
    it('when users came, the latest first unless asked otherwise', async () => {
      const ids = idsOf(listed);
      expect(await found({ search: family.toLowerCase() })).toEqual(expect.arrayContaining(ids.toReversed()));
      const forwards = await found({ search: family, sort: 'createdAt' });
      expect(forwards.filter((id) => ids.includes(id))).toEqual(ids);
      const backwards = await found({ search: family, sort: '-createdAt' });
      expect(backwards).toEqual(forwards.toReversed());
    });

    it.each(['email', 'createdAt', 'lastLoginAt'] as const)(
      '%s, in both directions, in pages',
      async (sort) => {
        const valueOf = (user: ListedUser) => [(user[sort] ?? '').toLowerCase(), user.id].join(' ');
        const forwards = await pages({ sort, limit: '3' });
        expect(forwards.length).toBeGreaterThan(10);
        expect(forwards.map(valueOf)).toEqual(forwards.map(valueOf).toSorted());
        expect(idsOf(await pages({ sort: `-${sort}`, limit: '4' }))).toEqual(idsOf(forwards).toReversed());
      },
    );

    it('the last login, those without one before all others', async () => {
      const [user] = (await list({ sort: 'lastLoginAt', limit: '1' })).body.users;
      expect(user?.email).toBe(server.initialAdmin?.email);
      expect(user?.lastLoginAt).toBeNull();
      const last = (await pages({ sort: '-lastLoginAt', limit: '2' })).at(-1);
      expect(last?.id).toBe(user?.id);
    });
  });

  describe('in pages', () => {
    it('show each user once, whoever comes and goes meanwhile', async () => {
      const name = `p${randomUUID()}`;
      const register = async () => {
        server.clock.advance(1_000);
        return (await server.api.register({ name })).body.user;
      };
      const stay: User[] = [];
      const go: User[] = [];
      for (let index = 0; index < 6; index += 1) {
        stay.push(await register());
        go.push(await register());
      }
      const seen = await pages({ search: name, sort: '-createdAt', limit: '3' }, async () => {
        await register();
        const gone = go.pop();
        if (gone) await operations.delete(gone.email);
      });
      const ids = idsOf(seen);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => idsOf(stay).includes(id))).toEqual(idsOf(stay).toReversed());
    });

    it('go on where they were for the same question alone', async () => {
      const { body } = await list({ search: family, sort: 'email', limit: '2' });
      const cursor = body.nextCursor ?? '';
      expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('example.com');
      const next = { search: family, sort: 'email', limit: '50' };
      expect((await list({ ...next, cursor })).status).toBe(200);
      const changed = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
      for (const other of [
        { ...next, cursor: changed },
        { ...next, cursor: 'x' },
        { ...next, cursor: cursor.slice(1) },
        { ...next, sort: '-email', cursor },
        { ...next, sort: 'createdAt', cursor },
        { ...next, search: 'ada', cursor },
        { ...next, disabled: 'false', cursor },
        { sort: 'email', cursor },
      ]) {
        const answer = await list(other);
        expectProblem(answer, 400, 'VALIDATION_FAILED');
        expect(answer.body.errors?.map(({ field }) => field)).toEqual(['cursor']);
      }
    });
  });

  it('refuse what they cannot mean', async () => {
    for (const query of [
      { sort: 'name' },
      { sort: '--email' },
      { disabled: 'yes' },
      { verified: '1' },
      { limit: '0' },
      { limit: '101' },
      { search: 'x'.repeat(101) },
      { page: '2' },
      { field: 'telephone', value: '1' },
    ] as Record<string, string>[])
      expectProblem(await list(query), 400, 'VALIDATION_FAILED');
  });

  it('lead to a user, whose version changes with each change', async () => {
    const { user } = (await server.api.register({ name: 'Versioned' })).body;
    const see = () => server.api.get<ListedUser>(`/api/admin/users/${user.id}`, { token: admin.accessToken });
    const first = await see();
    expect(first.body).toMatchObject({ ...user, disabled: false });
    expect(first.headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
    expect((await see()).headers.get('etag')).toBe(first.headers.get('etag'));
    await operations.disable(user.email);
    const second = await see();
    expect(second.body.disabled).toBe(true);
    expect(second.headers.get('etag')).not.toBe(first.headers.get('etag'));
    for (const id of [randomUUID(), 'nonsense']) {
      const path = `/api/admin/users/${id}`;
      expectProblem(await server.api.get(path, { token: admin.accessToken }), 404, 'NOT_FOUND');
    }
  });

  it('are made of users with passwords that still open their accounts', async () => {
    const email = uniqueEmail();
    await server.api.register({ email });
    const logins = await Promise.all(Array.from({ length: 4 }, () => server.api.login(email, PASSWORD)));
    expect(logins.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});
