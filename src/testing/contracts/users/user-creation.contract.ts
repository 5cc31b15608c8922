import { randomUUID } from 'node:crypto';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { EmailTakenError } from '../../../users/users.errors.js';
import { ADMIN_SCOPES } from '../../../users/role.js';
import { ALL_SCOPES, newUser, USER_SCOPES } from './user-samples.js';
import type { UsersUnderTest } from './users-under-test.js';

/** How users are made. */
export function creationTests(tried: UsersUnderTest): void {
  const { clock } = tried;
  describe('create', () => {
    it('gives back the whole user, and the same one is found by id and by e-mail', async () => {
      const created = await tried.users.create(newUser({ name: 'Ada', email: 'Ada@Example.com' }));

      const { lastLoginAt = null, ...others } = created;
      expect(lastLoginAt).toBeNull();
      expect(others).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
        name: 'Ada',
        email: 'Ada@Example.com',
        emailVerifiedAt: null,
        passwordHash: 'hash',
        passwordChangeRequired: false,
        passwordExpiresAt: null,
        disabledAt: null,
        roles: ['user'],
        scopes: USER_SCOPES,
        attributes: {},
        createdAt: new Date(clock.now()),
        updatedAt: new Date(clock.now()),
      });
      expect(await tried.users.findById(created.id)).toEqual(created);
      expect(await tried.users.findByEmail('Ada@Example.com')).toEqual(created);
    });

    it.each(['', 'someone', "' or '1'='1", '\0', randomUUID()])('finds no user by the id %j', async (id) => {
      expect(await tried.users.findById(id)).toBeUndefined();
    });

    it('keeps that the password was chosen by someone else and must be changed', async () => {
      const created = await tried.users.create(newUser({ passwordChangeRequired: true }));

      expect(created.passwordChangeRequired).toBe(true);
      expect((await tried.users.findById(created.id))?.passwordChangeRequired).toBe(true);
    });

    it.each([
      { roles: [], scopes: [] },
      { roles: ['user'], scopes: USER_SCOPES },
      { roles: ['admin'], scopes: [...ADMIN_SCOPES] },
      { roles: ['user', 'admin'], scopes: ALL_SCOPES },
    ])(
      'loads the roles $roles in alphabetical order, with the union of their scopes',
      async ({ roles, scopes }) => {
        const { id } = await tried.users.create(newUser({ roles }));
        const found = await tried.users.findById(id);

        expect(found?.roles).toEqual(roles.toSorted());
        expect(found?.scopes).toEqual(scopes);
      },
    );

    it('leaves nothing behind when a role does not exist', async () => {
      await expect(tried.users.create(newUser({ roles: ['user', 'no-such-role'] }))).rejects.toThrow(Error);

      expect(await tried.users.count()).toBe(0);
    });

    it('does not mix up the roles of different users', async () => {
      const admin = await tried.users.create(newUser({ roles: ['admin'] }));
      const user = await tried.users.create(newUser({ roles: ['user'] }));

      expect((await tried.users.findById(admin.id))?.roles).toEqual(['admin']);
      expect((await tried.users.findById(user.id))?.roles).toEqual(['user']);
    });
  });

  describe('names', () => {
    it.each([
      ['none', null],
      ['Latin with marks', 'Zoë Ångström-Nuñez'],
      ['a mark apart from its letter', 'Zoe\u0308'],
      ['Chinese', '李小龍'],
      ['Arabic, right to left', 'محمد بن سلمان'],
      ['outside the basic plane', '𝒜𝒹𝒶 🧑🏽‍🚀 🏳️‍🌈'],
      ['SQL', `Robert'); DROP TABLE users;--`],
      ['quotes and backslashes', String.raw`O"Brien \ \\ $1 {a,b} '\n'`],
      ['longest that is accepted', '🦊'.repeat(50)],
    ])('are given back as they were written: %s', async (_, name) => {
      const { id } = await tried.users.create(newUser({ name }));

      expect((await tried.users.findById(id))?.name).toBe(name);
    });
  });

  describe('someoneHasRole', () => {
    it('tells whether a role has a holder', async () => {
      expect(await tried.users.someoneHasRole('user')).toBe(false);
      await tried.users.create(newUser({ roles: ['user'] }));

      expect(await tried.users.someoneHasRole('user')).toBe(true);
      expect(await tried.users.someoneHasRole('admin')).toBe(false);
      expect(await tried.users.someoneHasRole('no-such-role')).toBe(false);
    });
  });

  describe('createFirstOfRole', () => {
    it('creates the user while no user has the role, whichever other users there are', async () => {
      await tried.users.create(newUser({ roles: ['user'] }));
      const admin = newUser({ email: 'Admin@example.com', roles: ['admin', 'user'] });
      const created = await tried.users.createFirstOfRole('admin', {
        ...admin,
        passwordChangeRequired: true,
      });

      expect(created).toMatchObject({
        email: 'Admin@example.com',
        roles: ['admin', 'user'],
        scopes: ALL_SCOPES,
        passwordChangeRequired: true,
      });
      expect(await tried.users.findByEmail('admin@example.com')).toEqual(created);
    });

    it('creates no user once one has the role', async () => {
      await tried.users.create(newUser({ roles: ['admin'] }));

      expect(await tried.users.createFirstOfRole('admin', newUser({ roles: ['admin'] }))).toBeUndefined();
      expect(await tried.users.count()).toBe(1);
    });

    it('says that the e-mail is taken, and leaves the role free for another', async () => {
      const { email } = await tried.users.create(newUser());
      const taken = newUser({ email: email.toUpperCase(), roles: ['admin'] });

      await expect(tried.users.createFirstOfRole('admin', taken)).rejects.toThrow(EmailTakenError);
      expect(await tried.users.someoneHasRole('admin')).toBe(false);
      expect(await tried.users.createFirstOfRole('admin', newUser({ roles: ['admin'] }))).toBeDefined();
    });

    it.each([
      ['with different addresses', (index: number) => `admin-${index}@example.com`],
      ['with the same address', () => 'admin@example.com'],
    ])('creates exactly one when 20 ask at once %s', async (_, email) => {
      const results = await tried.atOnce(20, (repository, index) => {
        return repository.createFirstOfRole('admin', newUser({ email: email(index), roles: ['admin'] }));
      });

      expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
      const created = results.filter((result) => result.status === 'fulfilled' && result.value !== undefined);
      expect(created).toHaveLength(1);
      expect(await tried.users.count()).toBe(1);
    });
  });
}
