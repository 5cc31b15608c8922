import { randomUUID } from 'node:crypto';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { EmailTakenError } from '../../../users/users.errors.js';
import { inCase, newUser } from './user-samples.js';
import type { UsersUnderTest } from './users-under-test.js';

/** What is known of addresses, and what follows from a proved one. */
export function addressTests(tried: UsersUnderTest): void {
  const { clock } = tried;
  describe('e-mail addresses', () => {
    it('are kept as written and found in any case', async () => {
      const created = await tried.users.create(newUser({ email: 'Grace.Hopper@Example.COM' }));

      expect(created.email).toBe('Grace.Hopper@Example.COM');
      for (const email of [
        'grace.hopper@example.com',
        'GRACE.HOPPER@EXAMPLE.COM',
        'Grace.Hopper@Example.COM',
      ]) {
        expect(await tried.users.findByEmail(email)).toEqual(created);
      }
    });

    it.each([
      ['the same', 'taken@example.com', 'taken@example.com'],
      ['another case', 'taken@example.com', 'Taken@EXAMPLE.com'],
      ['another case outside ASCII', 'MÜLLER@example.com', 'müller@example.com'],
      ['composed and decomposed', 'jos\u00e9@example.com', 'jose\u0301@example.com'],
      ['decomposed and in another case', 'JOSE\u0301@example.com', 'jos\u00e9@example.com'],
    ])('are unique: %s', async (_, first, second) => {
      await tried.users.create(newUser({ email: first }));

      await expect(tried.users.create(newUser({ email: second }))).rejects.toThrow(EmailTakenError);
      expect(await tried.users.count()).toBe(1);
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
      const one = await tried.users.create(newUser({ email: first }));
      expect(await tried.users.findByEmail(second)).toBeUndefined();
      const two = await tried.users.create(newUser({ email: second }));

      expect(await tried.users.findByEmail(first)).toEqual(one);
      expect(await tried.users.findByEmail(second)).toEqual(two);
    });

    it('may have 254 characters', async () => {
      const email = `${'a'.repeat(64)}@${'b'.repeat(185)}.com`;
      const created = await tried.users.create(newUser({ email }));

      expect(email).toHaveLength(254);
      expect(await tried.users.findByEmail(email.toUpperCase())).toEqual(created);
    });

    it('of one address, 30 users created at once in different cases: one wins, 29 hear that it is taken', async () => {
      const results = await tried.atOnce(30, (repository, index) => {
        return repository.create(newUser({ email: inCase('racing.user@example.com', index) }));
      });

      const won = results.filter((result) => result.status === 'fulfilled');
      const reasons = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(won).toHaveLength(1);
      expect(reasons).toHaveLength(29);
      expect(reasons.every((reason) => reason instanceof EmailTakenError)).toBe(true);
      expect(await tried.users.count()).toBe(1);
      expect(await tried.users.findByEmail('racing.user@example.com')).toEqual(won[0]?.value);
    });

    it('that differ do not get in each other’s way: 30 users created at once', async () => {
      const results = await tried.atOnce(30, (repository) => repository.create(newUser()));

      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(30);
      expect(await tried.users.count()).toBe(30);
    });
  });

  describe('what follows from a proved address', () => {
    /** Each on a user whose address was proved, `email` being the address that was. */
    const acts: [string, (id: string, email: string) => Promise<boolean>][] = [
      ['resetPassword', (id, email) => tried.users.resetPassword(id, { passwordHash: 'hash', email }, 'new')],
      ['verifyEmail', (id, email) => tried.users.verifyEmail(id, email)],
      ['changeEmail', (id, email) => tried.users.changeEmail(id, email, 'New@Example.com')],
    ];

    it.each(acts)('is done to the user only, and verifies the address: %s', async (_, act) => {
      const user = await tried.users.create(newUser({ passwordChangeRequired: true }));
      const other = await tried.users.create(newUser());
      clock.advance(1);

      expect(await act(user.id, user.email.toUpperCase())).toBe(true);
      const now = new Date(clock.now());
      expect(await tried.users.findById(user.id)).toMatchObject({ emailVerifiedAt: now, updatedAt: now });
      expect(await tried.users.findById(other.id)).toEqual(other);
    });

    it.each(acts)('is not done once the address is another, or the account disabled: %s', async (_, act) => {
      const user = await tried.users.create(newUser());
      expect(await act(user.id, 'other@example.com')).toBe(false);
      expect(await act(randomUUID(), user.email)).toBe(false);
      await tried.users.setDisabled(user.id, true);
      const before = await tried.users.findById(user.id);

      expect(await act(user.id, user.email)).toBe(false);
      expect(await tried.users.findById(user.id)).toEqual(before);
    });

    it('resets the password that is expected, once, and clears that it must be changed', async () => {
      const user = await tried.users.create(newUser({ passwordChangeRequired: true }));
      const expected = { passwordHash: 'hash', email: user.email };
      expect(await tried.users.resetPassword(user.id, { ...expected, passwordHash: 'other' }, 'new')).toBe(
        false,
      );
      const results = await tried.atOnce(10, (repository, index) =>
        repository.resetPassword(user.id, expected, `new-${index}`),
      );

      const winners = results.flatMap((result, index) =>
        result.status === 'fulfilled' && result.value ? [`new-${index}`] : [],
      );
      expect(winners).toHaveLength(1);
      expect(await tried.users.findById(user.id)).toMatchObject({
        passwordHash: winners[0],
        passwordChangeRequired: false,
      });
    });

    it('keeps when the address was verified first', async () => {
      const user = await tried.users.create(newUser());
      await tried.users.verifyEmail(user.id, user.email);
      const first = new Date(clock.now());
      clock.advance(1);
      await tried.users.verifyEmail(user.id, user.email);
      await tried.users.resetPassword(user.id, user, 'new');

      expect((await tried.users.findById(user.id))?.emailVerifiedAt).toEqual(first);
    });

    it('changes the address, whose old one is free again; one that is taken stays where it is', async () => {
      const user = await tried.users.create(newUser({ email: 'old@example.com' }));
      const other = await tried.users.create(newUser({ email: 'taken@example.com' }));
      const taken = tried.users.changeEmail(user.id, user.email, 'Taken@example.com');
      await expect(taken).rejects.toThrow(EmailTakenError);
      expect(await tried.users.changeEmail(user.id, user.email, 'Old@Example.com')).toBe(true);
      expect((await tried.users.findByEmail('old@example.com'))?.email).toBe('Old@Example.com');
      expect(await tried.users.changeEmail(user.id, user.email, 'new@example.com')).toBe(true);

      expect(await tried.users.findByEmail('old@example.com')).toBeUndefined();
      expect((await tried.users.findByEmail('NEW@example.com'))?.id).toBe(user.id);
      expect(await tried.users.findById(other.id)).toEqual(other);
    });

    it('gives an address that ten want at once to one of them', async () => {
      const rivals = await Promise.all(Array.from({ length: 10 }, () => tried.users.create(newUser())));
      const results = await tried.atOnce(10, (repository, index) => {
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
}
