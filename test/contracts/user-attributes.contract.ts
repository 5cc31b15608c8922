import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { NewUser } from '../../src/users/user.js';
import type { UsersRepository } from '../../src/users/users.repository.js';

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
export function userAttributesContract(
  store: () => { readonly repositories: readonly [UsersRepository, ...UsersRepository[]] },
): void {
  const users = () => store().repositories[0];
  const create = (attributes?: NewUser['attributes']) =>
    users().create({
      name: null,
      email: `${randomUUID()}@example.com`,
      passwordHash: 'hash',
      roles: ['user'],
      ...(attributes && { attributes }),
    });

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
      const { repositories } = store();
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const repository = repositories[index % repositories.length] ?? users();
          return repository.changeAttributes(id, { [`a${index}`]: index });
        }),
      );

      const expected = Array.from({ length: 20 }, (_, index): [string, number] => [`a${index}`, index]);
      expect((await users().findById(id))?.attributes).toEqual(Object.fromEntries(expected));
    });

    it('of one user are not those of another, nor of one who is not there', async () => {
      const someone = await create({ a: 1 });
      const other = await create({ a: 2 });

      await users().changeAttributes(other.id, { a: 3 });
      expect(await users().changeAttributes(randomUUID(), { a: 4 })).toBeUndefined();
      expect(await users().changeAttributes('nobody', { a: 4 })).toBeUndefined();
      expect(await users().findById(someone.id)).toEqual(someone);
    });
  });
}
