import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { LastAdministratorError, UnknownRoleError } from '../../../users/users.errors.js';
import type { UsersRepository } from '../../../users/users.repository.js';
import { ALL_SCOPES, newUser } from './user-samples.js';
import type { UsersUnderTest } from './users-under-test.js';

/** Who may do what, and who is gone. */
export function roleTests(tried: UsersUnderTest): void {
  const { clock } = tried;
  describe('setDisabled', () => {
    it('remembers when a user was disabled, and forgets it when they are enabled again', async () => {
      const user = await tried.users.create(newUser());
      const other = await tried.users.create(newUser());
      clock.advance(1);
      const disabledAt = new Date(clock.now());

      expect(await tried.users.setDisabled(user.id, true)).toBe(true);
      expect(await tried.users.findById(user.id)).toEqual({ ...user, disabledAt, updatedAt: disabledAt });
      expect(await tried.users.findById(other.id)).toEqual(other);

      clock.advance(1);
      expect(await tried.users.setDisabled(user.id, false)).toBe(true);
      expect(await tried.users.findById(user.id)).toEqual({ ...user, updatedAt: new Date(clock.now()) });
    });
  });

  describe('grantRole and withdrawRole', () => {
    it('change the roles with their scopes and when the user was updated, and no other user', async () => {
      const user = await tried.users.create(newUser());
      const other = await tried.users.create(newUser({ roles: ['admin', 'user'] }));
      clock.advance(1);
      const updatedAt = new Date(clock.now());

      expect(await tried.users.grantRole(user.id, 'admin')).toBe(true);
      const roles = { roles: ['admin', 'user'], scopes: ALL_SCOPES };
      expect(await tried.users.findById(user.id)).toEqual({ ...user, ...roles, updatedAt });
      expect(await tried.users.withdrawRole(user.id, 'user')).toBe(true);
      expect((await tried.users.findById(user.id))?.roles).toEqual(['admin']);
      expect(await tried.users.findById(other.id)).toEqual(other);
    });

    it('may be repeated', async () => {
      const { id } = await tried.users.create(newUser());
      await tried.users.create(newUser({ roles: ['admin'] }));

      for (const role of ['user', 'admin', 'admin']) expect(await tried.users.grantRole(id, role)).toBe(true);
      expect((await tried.users.findById(id))?.roles).toEqual(['admin', 'user']);
      for (const role of ['admin', 'admin']) expect(await tried.users.withdrawRole(id, role)).toBe(true);
      expect((await tried.users.findById(id))?.roles).toEqual(['user']);
    });

    it.each(['', 'Admin', 'no-such-role', "' or '1'='1"])('know no role %j', async (role) => {
      const { id } = await tried.users.create(newUser());

      await expect(tried.users.grantRole(id, role)).rejects.toThrow(UnknownRoleError);
      await expect(tried.users.withdrawRole(id, role)).rejects.toThrow(UnknownRoleError);
      expect((await tried.users.findById(id))?.roles).toEqual(['user']);
    });

    it('lose nothing when 20 are done at once', async () => {
      const created = await Promise.all(Array.from({ length: 10 }, () => tried.users.create(newUser())));
      const results = await tried.atOnce(20, (repository, index) => {
        return repository.grantRole(created[index % 10]?.id ?? '', 'admin');
      });

      expect(results).toEqual(Array.from({ length: 20 }, () => ({ status: 'fulfilled', value: true })));
      for (const { id } of created)
        expect((await tried.users.findById(id))?.roles).toEqual(['admin', 'user']);
    });
  });

  describe('delete', () => {
    it('leaves nothing of the user, whose address is free again, and leaves the others alone', async () => {
      const user = await tried.users.create(newUser({ email: 'gone@example.com', roles: ['admin', 'user'] }));
      const other = await tried.users.create(newUser({ roles: ['admin'] }));

      expect(await tried.users.delete(user.id)).toBe(true);
      expect(await tried.users.delete(user.id)).toBe(false);
      expect(await tried.users.findById(user.id)).toBeUndefined();
      expect(await tried.users.findByEmail('gone@example.com')).toBeUndefined();
      expect(await tried.users.findById(other.id)).toEqual(other);
      expect((await tried.users.create(newUser({ email: 'gone@example.com' }))).id).not.toBe(user.id);
    });

    it('leaves a user whose password is not the expected one', async () => {
      const user = await tried.users.create(newUser());

      expect(await tried.users.delete(user.id, 'other')).toBe(false);
      expect(await tried.users.findById(user.id)).toEqual(user);
      expect(await tried.users.delete(user.id, 'hash')).toBe(true);
    });

    it('at the same time as roles are granted ends without a user and without a deadlock', async () => {
      await tried.users.create(newUser({ roles: ['admin'] }));
      const { id } = await tried.users.create(newUser());
      const results = await tried.atOnce(20, async (repository, index) => {
        return index === 9 ? repository.delete(id) : repository.grantRole(id, index % 2 ? 'admin' : 'user');
      });

      expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
      expect(await tried.users.findById(id)).toBeUndefined();
    });
  });

  describe('the last administrator', () => {
    it('stays, and stays one', async () => {
      const admin = await tried.users.create(newUser({ roles: ['admin', 'user'] }));
      const disabled = await tried.users.create(newUser({ roles: ['admin'] }));
      await tried.users.setDisabled(disabled.id, true);

      await expect(tried.users.delete(admin.id)).rejects.toThrow(LastAdministratorError);
      await expect(tried.users.withdrawRole(admin.id, 'admin')).rejects.toThrow(LastAdministratorError);
      await expect(tried.users.setDisabled(admin.id, true)).rejects.toThrow(LastAdministratorError);
      expect((await tried.users.findById(admin.id))?.disabledAt).toBeNull();
      expect((await tried.users.findById(admin.id))?.roles).toEqual(['admin', 'user']);
      expect(await tried.users.withdrawRole(admin.id, 'user')).toBe(true);
      expect(await tried.users.delete(disabled.id)).toBe(true);
    });

    it.each([
      ['deleted', (repository: UsersRepository, id: string) => repository.delete(id)],
      ['no more one', (repository: UsersRepository, id: string) => repository.withdrawRole(id, 'admin')],
      ['disabled', (repository: UsersRepository, id: string) => repository.setDisabled(id, true)],
    ])('is left over when all of them are to be %s at once', async (_, remove) => {
      const admins = await Promise.all(
        Array.from({ length: 10 }, () => tried.users.create(newUser({ roles: ['admin'] }))),
      );
      const results = await tried.atOnce(10, (repository, index) =>
        remove(repository, admins[index]?.id ?? ''),
      );

      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(refused).toEqual([expect.any(LastAdministratorError)]);
      expect(await tried.users.someoneHasRole('admin')).toBe(true);
    });
  });

  it('shows what one instance wrote to the others', async () => {
    const [last = tried.users] = tried.instances.slice(-1);
    const created = await tried.users.create(newUser({ name: 'Before' }));
    expect(await last.findById(created.id)).toEqual(created);

    const renamed = await last.rename(created.id, 'After');
    expect(await tried.users.findById(created.id)).toEqual(renamed);
  });
}
