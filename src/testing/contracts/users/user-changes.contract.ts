import { randomUUID } from 'node:crypto';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { newUser, replacement } from './user-samples.js';
import type { UsersUnderTest } from './users-under-test.js';

/** Names and passwords, and what is not there. */
export function changeTests(tried: UsersUnderTest): void {
  const { clock } = tried;
  describe('what is not there', () => {
    it('is found neither by id nor by e-mail', async () => {
      await tried.users.create(newUser());

      expect(await tried.users.findById(randomUUID())).toBeUndefined();
      expect(await tried.users.findByEmail('nobody@example.com')).toBeUndefined();
      expect(await tried.users.findByEmail('')).toBeUndefined();
    });

    it('is not changed, and no other user is', async () => {
      const someone = await tried.users.create(newUser());

      expect(await tried.users.rename(randomUUID(), 'Nobody')).toBeUndefined();
      expect(await tried.users.setDisabled(randomUUID(), true)).toBe(false);
      expect(await tried.users.delete(randomUUID())).toBe(false);
      expect(await tried.users.delete('nobody')).toBe(false);
      expect(await tried.users.grantRole(randomUUID(), 'admin')).toBe(false);
      expect(await tried.users.grantRole('nobody', 'admin')).toBe(false);
      expect(await tried.users.withdrawRole(randomUUID(), 'user')).toBe(false);
      expect(await tried.users.replacePassword(randomUUID(), 'hash', replacement('other'))).toBe(false);
      expect(await tried.users.findById(someone.id)).toEqual(someone);
    });
  });

  describe('rename', () => {
    it('changes the name and when it was updated, and nothing else', async () => {
      const before = await tried.users.create(newUser({ name: 'Before', roles: ['user', 'admin'] }));
      const other = await tried.users.create(newUser({ name: 'Other' }));
      clock.advance(1234);
      const renamed = await tried.users.rename(before.id, '後 – after');

      expect(renamed).toEqual({ ...before, name: '後 – after', updatedAt: new Date(clock.now()) });
      expect(await tried.users.findById(before.id)).toEqual(renamed);
      expect(await tried.users.findById(other.id)).toEqual(other);
    });
  });

  describe('replacePassword', () => {
    it('replaces the password if it is still the expected one', async () => {
      const before = await tried.users.create(newUser({ passwordHash: 'old', passwordChangeRequired: true }));
      const other = await tried.users.create(newUser({ passwordHash: 'old' }));
      clock.advance(1);

      expect(await tried.users.replacePassword(before.id, 'old', replacement('new'))).toBe(true);
      expect(await tried.users.findById(before.id)).toEqual({
        ...before,
        passwordHash: 'new',
        passwordChangeRequired: false,
        updatedAt: new Date(clock.now()),
      });
      expect(await tried.users.findById(other.id)).toEqual(other);
    });

    it('can keep that the password must be changed', async () => {
      const { id } = await tried.users.create(newUser({ passwordHash: 'old', passwordChangeRequired: true }));
      await tried.users.replacePassword(id, 'old', {
        passwordHash: 'rehashed',
        passwordChangeRequired: true,
      });

      expect(await tried.users.findById(id)).toMatchObject({
        passwordHash: 'rehashed',
        passwordChangeRequired: true,
      });
    });

    it('sets until when it can be used, and ends that with the next one, a reset included', async () => {
      const at = (time: number) => ({ passwordChangeRequired: true, passwordExpiresAt: new Date(time) });
      const { id } = await tried.users.create(newUser({ passwordHash: 'old', ...at(1000) }));
      const expiry = async () => (await tried.users.findById(id))?.passwordExpiresAt;
      expect(await expiry()).toEqual(new Date(1000));
      await tried.users.replacePassword(id, 'old', { passwordHash: 'two', ...at(2000) });
      expect(await expiry()).toEqual(new Date(2000));
      await tried.users.replacePassword(id, 'two', replacement('three'));
      expect(await expiry()).toBeNull();

      const other = await tried.users.create(newUser({ passwordHash: 'old', ...at(1000) }));
      await tried.users.resetPassword(other.id, { passwordHash: 'old', email: other.email }, 'new');
      expect((await tried.users.findById(other.id))?.passwordExpiresAt).toBeNull();
    });

    it.each(['', 'OLD', 'old ', 'new'])('changes nothing if %j was expected', async (expected) => {
      const before = await tried.users.create(newUser({ passwordHash: 'old' }));
      clock.advance(1);

      expect(await tried.users.replacePassword(before.id, expected, replacement('new'))).toBe(false);
      expect(await tried.users.findById(before.id)).toEqual(before);
    });

    it('lets one of 20 concurrent changes win, and keeps that one', async () => {
      const { id } = await tried.users.create(newUser({ passwordHash: 'old' }));
      const results = await tried.atOnce(20, (repository, index) => {
        return repository.replacePassword(id, 'old', replacement(`new-${index}`));
      });

      const winners = results.flatMap((result, index) => {
        return result.status === 'fulfilled' && result.value ? [`new-${index}`] : [];
      });
      expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
      expect(winners).toHaveLength(1);
      expect((await tried.users.findById(id))?.passwordHash).toBe(winners[0]);
    });
  });
}
