import { randomUUID } from 'node:crypto';
import type { Clock } from '../../common/clock.js';
import type { NewUser } from '../../users/user.js';
import { EmailTakenError, LastAdministratorError, UnknownRoleError } from '../../users/users.errors.js';
import type { UsersRepository } from '../../users/users.repository.js';
import { FakeClock } from '../fake-clock.js';
import { expect } from '../runner/expect.js';
import { describe, it } from '../runner/test-runner.js';
import { callsAtOnce, type ContractStore, forEachTest, type Made } from './contract-store.js';
import { userAttributesContract } from './user-attributes.contract.js';

const USER_SCOPES = ['profile:read', 'profile:write'];
const ADMIN_SCOPES = ['users:read', 'users:write'];

/**
 * What every `UsersRepository` must do. The roles `user` and `admin` are there, with the scopes of the first migration.
 * @param name of the implementation, or of what it is kept in
 * @param make gives it, empty, with the clock that it is to write times by; or a store with several instances
 * @example
 * usersRepositoryContract('LdapUsers', (clock) => new LdapUsers(directory, clock));
 */
export function usersRepositoryContract(name: string, make: (clock: Clock) => Made<UsersRepository>): void {
  describe(name, () => {
    userTests(make);
  });
}

function userTests(make: (clock: Clock) => Made<UsersRepository>): void {
  const clock = new FakeClock('2030-01-01T00:00:00.000Z');
  let store: ContractStore<UsersRepository>;
  let users: UsersRepository;

  forEachTest(
    () => make(clock),
    (opened) => {
      store = opened;
      [users] = opened.instances;
    },
  );

  /** The same call on each instance in turn, all at once. */
  const atOnce = <T>(times: number, call: (repository: UsersRepository, index: number) => Promise<T>) =>
    Promise.allSettled(callsAtOnce(store, times, call));

  describe('create', () => {
    it('gives back the whole user, and the same one is found by id and by e-mail', async () => {
      const created = await users.create(newUser({ name: 'Ada', email: 'Ada@Example.com' }));

      expect(created).toEqual({
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
      expect(await users.findById(created.id)).toEqual(created);
      expect(await users.findByEmail('Ada@Example.com')).toEqual(created);
    });

    it.each(['', 'someone', "' or '1'='1", '\0', randomUUID()])('finds no user by the id %j', async (id) => {
      expect(await users.findById(id)).toBeUndefined();
    });

    it('keeps that the password was chosen by someone else and must be changed', async () => {
      const created = await users.create(newUser({ passwordChangeRequired: true }));

      expect(created.passwordChangeRequired).toBe(true);
      expect((await users.findById(created.id))?.passwordChangeRequired).toBe(true);
    });

    it.each([
      { roles: [], scopes: [] },
      { roles: ['user'], scopes: USER_SCOPES },
      { roles: ['admin'], scopes: ADMIN_SCOPES },
      { roles: ['user', 'admin'], scopes: [...USER_SCOPES, ...ADMIN_SCOPES] },
    ])(
      'loads the roles $roles in alphabetical order, with the union of their scopes',
      async ({ roles, scopes }) => {
        const { id } = await users.create(newUser({ roles }));
        const found = await users.findById(id);

        expect(found?.roles).toEqual(roles.toSorted());
        expect(found?.scopes).toEqual(scopes);
      },
    );

    it('leaves nothing behind when a role does not exist', async () => {
      await expect(users.create(newUser({ roles: ['user', 'no-such-role'] }))).rejects.toThrow(Error);

      expect(await users.count()).toBe(0);
    });

    it('does not mix up the roles of different users', async () => {
      const admin = await users.create(newUser({ roles: ['admin'] }));
      const user = await users.create(newUser({ roles: ['user'] }));

      expect((await users.findById(admin.id))?.roles).toEqual(['admin']);
      expect((await users.findById(user.id))?.roles).toEqual(['user']);
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
      const { id } = await users.create(newUser({ name }));

      expect((await users.findById(id))?.name).toBe(name);
    });
  });

  describe('e-mail addresses', () => {
    it('are kept as written and found in any case', async () => {
      const created = await users.create(newUser({ email: 'Grace.Hopper@Example.COM' }));

      expect(created.email).toBe('Grace.Hopper@Example.COM');
      for (const email of [
        'grace.hopper@example.com',
        'GRACE.HOPPER@EXAMPLE.COM',
        'Grace.Hopper@Example.COM',
      ]) {
        expect(await users.findByEmail(email)).toEqual(created);
      }
    });

    it.each([
      ['the same', 'taken@example.com', 'taken@example.com'],
      ['another case', 'taken@example.com', 'Taken@EXAMPLE.com'],
      ['another case outside ASCII', 'MÜLLER@example.com', 'müller@example.com'],
      ['composed and decomposed', 'jos\u00e9@example.com', 'jose\u0301@example.com'],
      ['decomposed and in another case', 'JOSE\u0301@example.com', 'jos\u00e9@example.com'],
    ])('are unique: %s', async (_, first, second) => {
      await users.create(newUser({ email: first }));

      await expect(users.create(newUser({ email: second }))).rejects.toThrow(EmailTakenError);
      expect(await users.count()).toBe(1);
    });

    it.each([
      ['tags', `o'hara+news@example.com`, `o'hara@example.com`],
      ['dots', 'a.b@example.com', 'ab@example.com'],
      ['wildcards of LIKE', '%_@example.com', 'ab@example.com'],
      ['quoted local part', '"a b"@example.com', 'a b@example.com'],
      ['backslashes', String.raw`a\b@example.com`, 'ab@example.com'],
      ['dotless and dotted i', 'ıi@example.com', 'ii@example.com'],
      ['letters that only look the same', 'а@example.com', 'a@example.com'],
      ['international domain', 'ü@bücher.example', 'u@bucher.example'],
    ])('that differ are different users: %s', async (_, first, second) => {
      const one = await users.create(newUser({ email: first }));
      expect(await users.findByEmail(second)).toBeUndefined();
      const two = await users.create(newUser({ email: second }));

      expect(await users.findByEmail(first)).toEqual(one);
      expect(await users.findByEmail(second)).toEqual(two);
    });

    it('may have 254 characters', async () => {
      const email = `${'a'.repeat(64)}@${'b'.repeat(185)}.com`;
      const created = await users.create(newUser({ email }));

      expect(email).toHaveLength(254);
      expect(await users.findByEmail(email.toUpperCase())).toEqual(created);
    });

    it('of one address, 30 users created at once in different cases: one wins, 29 hear that it is taken', async () => {
      const results = await atOnce(30, (repository, index) => {
        return repository.create(newUser({ email: inCase('racing.user@example.com', index) }));
      });

      const won = results.filter((result) => result.status === 'fulfilled');
      const reasons = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(won).toHaveLength(1);
      expect(reasons).toHaveLength(29);
      expect(reasons.every((reason) => reason instanceof EmailTakenError)).toBe(true);
      expect(await users.count()).toBe(1);
      expect(await users.findByEmail('racing.user@example.com')).toEqual(won[0]?.value);
    });

    it('that differ do not get in each other’s way: 30 users created at once', async () => {
      const results = await atOnce(30, (repository) => repository.create(newUser()));

      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(30);
      expect(await users.count()).toBe(30);
    });
  });

  describe('what is not there', () => {
    it('is found neither by id nor by e-mail', async () => {
      await users.create(newUser());

      expect(await users.findById(randomUUID())).toBeUndefined();
      expect(await users.findByEmail('nobody@example.com')).toBeUndefined();
      expect(await users.findByEmail('')).toBeUndefined();
    });

    it('is not changed, and no other user is', async () => {
      const someone = await users.create(newUser());

      expect(await users.rename(randomUUID(), 'Nobody')).toBeUndefined();
      expect(await users.setDisabled(randomUUID(), true)).toBe(false);
      expect(await users.delete(randomUUID())).toBe(false);
      expect(await users.delete('nobody')).toBe(false);
      expect(await users.grantRole(randomUUID(), 'admin')).toBe(false);
      expect(await users.grantRole('nobody', 'admin')).toBe(false);
      expect(await users.withdrawRole(randomUUID(), 'user')).toBe(false);
      expect(await users.replacePassword(randomUUID(), 'hash', replacement('other'))).toBe(false);
      expect(await users.findById(someone.id)).toEqual(someone);
    });
  });

  describe('someoneHasRole', () => {
    it('tells whether a role has a holder', async () => {
      expect(await users.someoneHasRole('user')).toBe(false);
      await users.create(newUser({ roles: ['user'] }));

      expect(await users.someoneHasRole('user')).toBe(true);
      expect(await users.someoneHasRole('admin')).toBe(false);
      expect(await users.someoneHasRole('no-such-role')).toBe(false);
    });
  });

  describe('createFirstOfRole', () => {
    it('creates the user while no user has the role, whichever other users there are', async () => {
      await users.create(newUser({ roles: ['user'] }));
      const admin = newUser({ email: 'Admin@example.com', roles: ['admin', 'user'] });
      const created = await users.createFirstOfRole('admin', { ...admin, passwordChangeRequired: true });

      expect(created).toMatchObject({
        email: 'Admin@example.com',
        roles: ['admin', 'user'],
        scopes: [...USER_SCOPES, ...ADMIN_SCOPES],
        passwordChangeRequired: true,
      });
      expect(await users.findByEmail('admin@example.com')).toEqual(created);
    });

    it('creates no user once one has the role', async () => {
      await users.create(newUser({ roles: ['admin'] }));

      expect(await users.createFirstOfRole('admin', newUser({ roles: ['admin'] }))).toBeUndefined();
      expect(await users.count()).toBe(1);
    });

    it('says that the e-mail is taken, and leaves the role free for another', async () => {
      const { email } = await users.create(newUser());
      const taken = newUser({ email: email.toUpperCase(), roles: ['admin'] });

      await expect(users.createFirstOfRole('admin', taken)).rejects.toThrow(EmailTakenError);
      expect(await users.someoneHasRole('admin')).toBe(false);
      expect(await users.createFirstOfRole('admin', newUser({ roles: ['admin'] }))).toBeDefined();
    });

    it.each([
      ['with different addresses', (index: number) => `admin-${index}@example.com`],
      ['with the same address', () => 'admin@example.com'],
    ])('creates exactly one when 20 ask at once %s', async (_, email) => {
      const results = await atOnce(20, (repository, index) => {
        return repository.createFirstOfRole('admin', newUser({ email: email(index), roles: ['admin'] }));
      });

      expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
      const created = results.filter((result) => result.status === 'fulfilled' && result.value !== undefined);
      expect(created).toHaveLength(1);
      expect(await users.count()).toBe(1);
    });
  });

  describe('rename', () => {
    it('changes the name and when it was updated, and nothing else', async () => {
      const before = await users.create(newUser({ name: 'Before', roles: ['user', 'admin'] }));
      const other = await users.create(newUser({ name: 'Other' }));
      clock.advance(1234);
      const renamed = await users.rename(before.id, '後 – after');

      expect(renamed).toEqual({ ...before, name: '後 – after', updatedAt: new Date(clock.now()) });
      expect(await users.findById(before.id)).toEqual(renamed);
      expect(await users.findById(other.id)).toEqual(other);
    });
  });

  userAttributesContract(() => store);

  describe('replacePassword', () => {
    it('replaces the password if it is still the expected one', async () => {
      const before = await users.create(newUser({ passwordHash: 'old', passwordChangeRequired: true }));
      const other = await users.create(newUser({ passwordHash: 'old' }));
      clock.advance(1);

      expect(await users.replacePassword(before.id, 'old', replacement('new'))).toBe(true);
      expect(await users.findById(before.id)).toEqual({
        ...before,
        passwordHash: 'new',
        passwordChangeRequired: false,
        updatedAt: new Date(clock.now()),
      });
      expect(await users.findById(other.id)).toEqual(other);
    });

    it('can keep that the password must be changed', async () => {
      const { id } = await users.create(newUser({ passwordHash: 'old', passwordChangeRequired: true }));
      await users.replacePassword(id, 'old', { passwordHash: 'rehashed', passwordChangeRequired: true });

      expect(await users.findById(id)).toMatchObject({
        passwordHash: 'rehashed',
        passwordChangeRequired: true,
      });
    });

    it('sets until when it can be used, and ends that with the next one, a reset included', async () => {
      const at = (time: number) => ({ passwordChangeRequired: true, passwordExpiresAt: new Date(time) });
      const { id } = await users.create(newUser({ passwordHash: 'old', ...at(1000) }));
      const expiry = async () => (await users.findById(id))?.passwordExpiresAt;
      expect(await expiry()).toEqual(new Date(1000));
      await users.replacePassword(id, 'old', { passwordHash: 'two', ...at(2000) });
      expect(await expiry()).toEqual(new Date(2000));
      await users.replacePassword(id, 'two', replacement('three'));
      expect(await expiry()).toBeNull();

      const other = await users.create(newUser({ passwordHash: 'old', ...at(1000) }));
      await users.resetPassword(other.id, { passwordHash: 'old', email: other.email }, 'new');
      expect((await users.findById(other.id))?.passwordExpiresAt).toBeNull();
    });

    it.each(['', 'OLD', 'old ', 'new'])('changes nothing if %j was expected', async (expected) => {
      const before = await users.create(newUser({ passwordHash: 'old' }));
      clock.advance(1);

      expect(await users.replacePassword(before.id, expected, replacement('new'))).toBe(false);
      expect(await users.findById(before.id)).toEqual(before);
    });

    it('lets one of 20 concurrent changes win, and keeps that one', async () => {
      const { id } = await users.create(newUser({ passwordHash: 'old' }));
      const results = await atOnce(20, (repository, index) => {
        return repository.replacePassword(id, 'old', replacement(`new-${index}`));
      });

      const winners = results.flatMap((result, index) => {
        return result.status === 'fulfilled' && result.value ? [`new-${index}`] : [];
      });
      expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
      expect(winners).toHaveLength(1);
      expect((await users.findById(id))?.passwordHash).toBe(winners[0]);
    });
  });

  describe('what follows from a proved address', () => {
    /** Each on a user whose address was proved, `email` being the address that was. */
    const acts: [string, (id: string, email: string) => Promise<boolean>][] = [
      ['resetPassword', (id, email) => users.resetPassword(id, { passwordHash: 'hash', email }, 'new')],
      ['verifyEmail', (id, email) => users.verifyEmail(id, email)],
      ['changeEmail', (id, email) => users.changeEmail(id, email, 'New@Example.com')],
    ];

    it.each(acts)('is done to the user only, and verifies the address: %s', async (_, act) => {
      const user = await users.create(newUser({ passwordChangeRequired: true }));
      const other = await users.create(newUser());
      clock.advance(1);

      expect(await act(user.id, user.email.toUpperCase())).toBe(true);
      const now = new Date(clock.now());
      expect(await users.findById(user.id)).toMatchObject({ emailVerifiedAt: now, updatedAt: now });
      expect(await users.findById(other.id)).toEqual(other);
    });

    it.each(acts)('is not done once the address is another, or the account disabled: %s', async (_, act) => {
      const user = await users.create(newUser());
      expect(await act(user.id, 'other@example.com')).toBe(false);
      expect(await act(randomUUID(), user.email)).toBe(false);
      await users.setDisabled(user.id, true);
      const before = await users.findById(user.id);

      expect(await act(user.id, user.email)).toBe(false);
      expect(await users.findById(user.id)).toEqual(before);
    });

    it('resets the password that is expected, once, and clears that it must be changed', async () => {
      const user = await users.create(newUser({ passwordChangeRequired: true }));
      const expected = { passwordHash: 'hash', email: user.email };
      expect(await users.resetPassword(user.id, { ...expected, passwordHash: 'other' }, 'new')).toBe(false);
      const results = await atOnce(10, (repository, index) =>
        repository.resetPassword(user.id, expected, `new-${index}`),
      );

      const winners = results.flatMap((result, index) =>
        result.status === 'fulfilled' && result.value ? [`new-${index}`] : [],
      );
      expect(winners).toHaveLength(1);
      expect(await users.findById(user.id)).toMatchObject({
        passwordHash: winners[0],
        passwordChangeRequired: false,
      });
    });

    it('keeps when the address was verified first', async () => {
      const user = await users.create(newUser());
      await users.verifyEmail(user.id, user.email);
      const first = new Date(clock.now());
      clock.advance(1);
      await users.verifyEmail(user.id, user.email);
      await users.resetPassword(user.id, user, 'new');

      expect((await users.findById(user.id))?.emailVerifiedAt).toEqual(first);
    });

    it('changes the address, whose old one is free again; one that is taken stays where it is', async () => {
      const user = await users.create(newUser({ email: 'old@example.com' }));
      const other = await users.create(newUser({ email: 'taken@example.com' }));
      const taken = users.changeEmail(user.id, user.email, 'Taken@example.com');
      await expect(taken).rejects.toThrow(EmailTakenError);
      expect(await users.changeEmail(user.id, user.email, 'Old@Example.com')).toBe(true);
      expect((await users.findByEmail('old@example.com'))?.email).toBe('Old@Example.com');
      expect(await users.changeEmail(user.id, user.email, 'new@example.com')).toBe(true);

      expect(await users.findByEmail('old@example.com')).toBeUndefined();
      expect((await users.findByEmail('NEW@example.com'))?.id).toBe(user.id);
      expect(await users.findById(other.id)).toEqual(other);
    });

    it('gives an address that ten want at once to one of them', async () => {
      const rivals = await Promise.all(Array.from({ length: 10 }, () => users.create(newUser())));
      const results = await atOnce(10, (repository, index) => {
        const { id, email } = rivals[index] ?? { id: '', email: '' };
        return repository.changeEmail(id, email, 'wanted@example.com');
      });

      expect(results.filter((result) => result.status === 'fulfilled' && result.value)).toHaveLength(1);
      const reasons = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(reasons.every((reason) => reason instanceof EmailTakenError)).toBe(true);
    });
  });

  describe('setDisabled', () => {
    it('remembers when a user was disabled, and forgets it when they are enabled again', async () => {
      const user = await users.create(newUser());
      const other = await users.create(newUser());
      clock.advance(1);
      const disabledAt = new Date(clock.now());

      expect(await users.setDisabled(user.id, true)).toBe(true);
      expect(await users.findById(user.id)).toEqual({ ...user, disabledAt, updatedAt: disabledAt });
      expect(await users.findById(other.id)).toEqual(other);

      clock.advance(1);
      expect(await users.setDisabled(user.id, false)).toBe(true);
      expect(await users.findById(user.id)).toEqual({ ...user, updatedAt: new Date(clock.now()) });
    });
  });

  describe('grantRole and withdrawRole', () => {
    it('change the roles with their scopes and when the user was updated, and no other user', async () => {
      const user = await users.create(newUser());
      const other = await users.create(newUser({ roles: ['admin', 'user'] }));
      clock.advance(1);
      const updatedAt = new Date(clock.now());

      expect(await users.grantRole(user.id, 'admin')).toBe(true);
      const roles = { roles: ['admin', 'user'], scopes: [...USER_SCOPES, ...ADMIN_SCOPES] };
      expect(await users.findById(user.id)).toEqual({ ...user, ...roles, updatedAt });
      expect(await users.withdrawRole(user.id, 'user')).toBe(true);
      expect((await users.findById(user.id))?.roles).toEqual(['admin']);
      expect(await users.findById(other.id)).toEqual(other);
    });

    it('may be repeated', async () => {
      const { id } = await users.create(newUser());
      await users.create(newUser({ roles: ['admin'] }));

      for (const role of ['user', 'admin', 'admin']) expect(await users.grantRole(id, role)).toBe(true);
      expect((await users.findById(id))?.roles).toEqual(['admin', 'user']);
      for (const role of ['admin', 'admin']) expect(await users.withdrawRole(id, role)).toBe(true);
      expect((await users.findById(id))?.roles).toEqual(['user']);
    });

    it.each(['', 'Admin', 'no-such-role', "' or '1'='1"])('know no role %j', async (role) => {
      const { id } = await users.create(newUser());

      await expect(users.grantRole(id, role)).rejects.toThrow(UnknownRoleError);
      await expect(users.withdrawRole(id, role)).rejects.toThrow(UnknownRoleError);
      expect((await users.findById(id))?.roles).toEqual(['user']);
    });

    it('lose nothing when 20 are done at once', async () => {
      const created = await Promise.all(Array.from({ length: 10 }, () => users.create(newUser())));
      const results = await atOnce(20, (repository, index) => {
        return repository.grantRole(created[index % 10]?.id ?? '', 'admin');
      });

      expect(results).toEqual(Array.from({ length: 20 }, () => ({ status: 'fulfilled', value: true })));
      for (const { id } of created) expect((await users.findById(id))?.roles).toEqual(['admin', 'user']);
    });
  });

  describe('delete', () => {
    it('leaves nothing of the user, whose address is free again, and leaves the others alone', async () => {
      const user = await users.create(newUser({ email: 'gone@example.com', roles: ['admin', 'user'] }));
      const other = await users.create(newUser({ roles: ['admin'] }));

      expect(await users.delete(user.id)).toBe(true);
      expect(await users.delete(user.id)).toBe(false);
      expect(await users.findById(user.id)).toBeUndefined();
      expect(await users.findByEmail('gone@example.com')).toBeUndefined();
      expect(await users.findById(other.id)).toEqual(other);
      expect((await users.create(newUser({ email: 'gone@example.com' }))).id).not.toBe(user.id);
    });

    it('leaves a user whose password is not the expected one', async () => {
      const user = await users.create(newUser());

      expect(await users.delete(user.id, 'other')).toBe(false);
      expect(await users.findById(user.id)).toEqual(user);
      expect(await users.delete(user.id, 'hash')).toBe(true);
    });

    it('at the same time as roles are granted ends without a user and without a deadlock', async () => {
      await users.create(newUser({ roles: ['admin'] }));
      const { id } = await users.create(newUser());
      const results = await atOnce(20, async (repository, index) => {
        return index === 9 ? repository.delete(id) : repository.grantRole(id, index % 2 ? 'admin' : 'user');
      });

      expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
      expect(await users.findById(id)).toBeUndefined();
    });
  });

  describe('the last administrator', () => {
    it('stays, and stays one', async () => {
      const admin = await users.create(newUser({ roles: ['admin', 'user'] }));
      const disabled = await users.create(newUser({ roles: ['admin'] }));
      await users.setDisabled(disabled.id, true);

      await expect(users.delete(admin.id)).rejects.toThrow(LastAdministratorError);
      await expect(users.withdrawRole(admin.id, 'admin')).rejects.toThrow(LastAdministratorError);
      expect((await users.findById(admin.id))?.roles).toEqual(['admin', 'user']);
      expect(await users.withdrawRole(admin.id, 'user')).toBe(true);
      expect(await users.delete(disabled.id)).toBe(true);
    });

    it.each([
      ['deleted', (repository: UsersRepository, id: string) => repository.delete(id)],
      ['no more one', (repository: UsersRepository, id: string) => repository.withdrawRole(id, 'admin')],
    ])('is left over when all of them are to be %s at once', async (_, remove) => {
      const admins = await Promise.all(
        Array.from({ length: 10 }, () => users.create(newUser({ roles: ['admin'] }))),
      );
      const results = await atOnce(10, (repository, index) => remove(repository, admins[index]?.id ?? ''));

      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(refused).toEqual([expect.any(LastAdministratorError)]);
      expect(await users.someoneHasRole('admin')).toBe(true);
    });
  });

  it('shows what one instance wrote to the others', async () => {
    const [last = users] = store.instances.slice(-1);
    const created = await users.create(newUser({ name: 'Before' }));
    expect(await last.findById(created.id)).toEqual(created);

    const renamed = await last.rename(created.id, 'After');
    expect(await users.findById(created.id)).toEqual(renamed);
  });
}

function newUser(fields: Partial<NewUser> = {}): NewUser {
  return {
    name: null,
    email: `${randomUUID()}@example.com`,
    passwordHash: 'hash',
    roles: ['user'],
    ...fields,
  };
}

function replacement(passwordHash: string) {
  return { passwordHash, passwordChangeRequired: false };
}

/** The text with the letters in upper case whose bits are set in `mask`. */
function inCase(text: string, mask: number): string {
  return text.replaceAll(/./g, (letter, index: number) => {
    return (mask >> (index % 5)) & 1 ? letter.toUpperCase() : letter;
  });
}
