import { randomUUID } from 'node:crypto';
import type { NewUser } from '../../../users/user.js';
import { AttributeNotUniqueError, FieldTakenError } from '../../../users/users.errors.js';
import type { UsersRepository } from '../../../users/users.repository.js';
import { expect } from '../../runner/expect.js';
import { describe, it } from '../../runner/test-runner.js';
import { callsAtOnce, type ContractStore } from '../contract-store.js';

const VALUES: Readonly<Record<string, unknown>> = {
  text: `O'Brien "\\ $1 %s {} – مرحبا 👩‍👩‍👧‍👦`,
  number: 1.5,
  large: Number.MAX_SAFE_INTEGER,
  yes: true,
  no: false,
  list: [1, 'two', { three: null }],
  nested: { a: { b: 'c' }, __proto: 'd' },
  empty: '',
};

/** What a `UsersRepository` must do with a team's own fields. @param store is asked within tests */
export function userAttributesContract(store: () => ContractStore<UsersRepository>): void {
  const users = () => store().instances[0];
  const newUser = (attributes?: NewUser['attributes']): NewUser => ({
    name: null,
    email: `${randomUUID()}@example.com`,
    passwordHash: 'hash',
    roles: ['user'],
    ...(attributes && { attributes }),
  });
  const create = (attributes?: NewUser['attributes']) => users().create(newUser(attributes));

  describe('attributes', () => {
    it('are kept as JSON has them', async () => {
      const { id, email, attributes } = await create(VALUES);

      expect(attributes).toEqual(VALUES);
      expect((await users().findById(id))?.attributes).toEqual(VALUES);
      expect((await users().findByEmail(email))?.attributes).toEqual(VALUES);
    });

    it('are changed one by one: what is not named stays, null takes one away', async () => {
      const before = await create({ a: 1, b: { c: 2 }, d: 'e' });
      const after = await users().changeAttributes(before.id, { a: [3], d: null, f: VALUES, none: null });

      expect(after).toEqual({
        ...before,
        attributes: { a: [3], b: { c: 2 }, f: VALUES },
        updatedAt: expect.any(Date),
      });
      expect(await users().findById(before.id)).toEqual(after);
    });

    it('changed at once by many, each another, are all changed', async () => {
      const { id } = await create();
      await Promise.all(
        callsAtOnce(store(), 20, (repository, index) =>
          repository.changeAttributes(id, { [`a${index}`]: index }),
        ),
      );

      const expected = Array.from({ length: 20 }, (_, index): [string, number] => [`a${index}`, index]);
      expect((await users().findById(id))?.attributes).toEqual(Object.fromEntries(expected));
    });

    it('of one user are not those of another, nor of one that does not exist', async () => {
      const someone = await create({ a: 1 });
      const other = await create({ a: 2 });

      await users().changeAttributes(other.id, { a: 3 });
      expect(await users().changeAttributes(randomUUID(), { a: 4 })).toBeUndefined();
      expect(await users().changeAttributes('nobody', { a: 4 })).toBeUndefined();
      expect(await users().findById(someone.id)).toEqual(someone);
    });

    const countOf = (rejected: readonly PromiseSettledResult<unknown>[]) =>
      rejected.filter((result) => result.status === 'rejected' && result.reason instanceof FieldTakenError)
        .length;

    it('that are unique go to one user, however many ask at once', async () => {
      await users().indexAttributes([{ name: 'number', unique: true }]);
      const atOnce = <T>(call: (repository: UsersRepository) => Promise<T>) =>
        Promise.allSettled(callsAtOnce(store(), 12, call));

      const made = await atOnce((repository) => repository.create(newUser({ number: 'A1' })));
      expect(countOf(made)).toBe(11);
      const [owner] = await users().findByAttribute('number', 'A1', { limit: 2 });
      const others = await Promise.all(Array.from({ length: 12 }, () => create({ number: randomUUID() })));
      const changed = await atOnce((repository) => {
        const { id = '' } = others.pop() ?? {};
        return repository.changeAttributes(id, { number: 'B2', other: true });
      });
      expect(countOf(changed)).toBe(11);
      expect(owner?.attributes).toEqual({ number: 'A1' });
      await expect(create({ number: 'A1' })).rejects.toThrow(new FieldTakenError('number'));
      expect((await create({ number: 'a1' })).attributes).toEqual({ number: 'a1' });
    });

    it('that are unique are free once their user has another, none, or is gone', async () => {
      await users().indexAttributes([{ name: 'number', unique: true }]);
      const user = await create({ number: 1 });
      await users().changeAttributes(user.id, { number: 1, other: 2 });
      await users().changeAttributes(user.id, { number: 2 });
      const second = await create({ number: 1 });
      await users().changeAttributes(second.id, { number: null });
      const third = await create({ number: 1 });
      await users().delete(third.id);
      expect((await create({ number: 1 })).attributes).toEqual({ number: 1 });
      await expect(users().changeAttributes(second.id, { number: 2, other: 3 })).rejects.toThrow(
        FieldTakenError,
      );
      expect((await users().findById(second.id))?.attributes).toEqual({});
    });

    it('are looked up exactly, in the order of ids, page by page', async () => {
      await users().indexAttributes([{ name: 'tenant', unique: false }]);
      const all = await Promise.all(Array.from({ length: 5 }, () => create({ tenant: 'one' })));
      await create({ tenant: 'One' });
      await create({ other: 'one' });
      const ids = all.map(({ id }) => id).toSorted();
      const first = await users().findByAttribute('tenant', 'one', { limit: 3 });
      expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 3));
      const after = first.at(-1)?.id ?? '';
      const rest = await users().findByAttribute('tenant', 'one', { limit: 3, after });
      expect(rest.map(({ id }) => id)).toEqual(ids.slice(3));
      expect(await users().findByAttribute('tenant', 'three', { limit: 3 })).toEqual([]);
      await users().changeAttributes(ids[0] ?? '', { tenant: true });
      expect((await users().findByAttribute('tenant', true, { limit: 3 })).map(({ id }) => id)).toEqual([
        ids[0],
      ]);
    });

    it('are indexed for users who are there already, and no more once they are not asked for', async () => {
      await users().indexAttributes([]);
      const user = await create({ number: '7', tenant: 'x' });
      expect(await users().findByAttribute('number', '7', { limit: 1 })).toEqual([]);
      const rules = [
        { name: 'number', unique: true },
        { name: 'tenant', unique: false },
      ];
      await Promise.all(store().instances.map((repository) => repository.indexAttributes(rules)));
      expect(await users().findByAttribute('number', '7', { limit: 1 })).toEqual([user]);
      expect(await users().findByAttribute('tenant', 'x', { limit: 1 })).toEqual([user]);
      await expect(create({ number: '7' })).rejects.toThrow(FieldTakenError);
      await users().indexAttributes([{ name: 'number', unique: false }]);
      expect((await create({ number: '7' })).attributes).toEqual({ number: '7' });
      expect(await users().findByAttribute('tenant', 'x', { limit: 1 })).toEqual([]);
    });

    it('that users share cannot be made unique: all stays as it was', async () => {
      await users().indexAttributes([{ name: 'number', unique: false }]);
      await create({ number: '7', code: 'c' });
      await create({ number: '7' });
      const both = [
        { name: 'code', unique: true },
        { name: 'number', unique: true },
      ];
      await expect(users().indexAttributes(both)).rejects.toThrow(new AttributeNotUniqueError('number'));
      expect(await users().findByAttribute('number', '7', { limit: 3 })).toHaveLength(2);
      expect(await users().findByAttribute('code', 'c', { limit: 3 })).toEqual([]);
    });
  });
}
