import type { User } from '../../users/user.js';
import { AttributeNotUniqueError, FieldTakenError } from '../../users/users.errors.js';
import type { AttributePage, AttributeRule } from '../../users/users.repository.js';

type Holder = Pick<User, 'id' | 'attributes'>;

/** Which attributes of users can be looked up, and which of those no two share. */
export class AttributeIndex {
  private rules: readonly AttributeRule[] = [];

  /** @throws AttributeNotUniqueError as `UsersRepository.indexAttributes` */
  declare(rules: readonly AttributeRule[], users: readonly Holder[]): void {
    for (const { name } of rules.filter(({ unique }) => unique)) {
      const values = users.flatMap((user) => textOf(user, name) ?? []);
      if (new Set(values).size < values.length) throw new AttributeNotUniqueError(name);
    }
    this.rules = rules;
  }

  /** @throws FieldTakenError if another of the users has a value of the user's that is to be unique */
  refuseTaken(user: Holder, users: readonly Holder[]): void {
    for (const { name } of this.rules.filter(({ unique }) => unique)) {
      const text = textOf(user, name);
      const isTaken = users.some((other) => other.id !== user.id && textOf(other, name) === text);
      if (text !== undefined && isTaken) throw new FieldTakenError(name);
    }
  }

  /** @see UsersRepository.findByAttribute */
  find(
    users: readonly User[],
    name: string,
    value: string | number | boolean,
    { limit, after }: AttributePage,
  ): User[] {
    if (!this.rules.some((rule) => rule.name === name)) return [];
    return users
      .filter((user) => textOf(user, name) === String(value) && (after === undefined || user.id > after))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit);
  }
}

/** Values are compared as texts; what is neither a text, a number nor a boolean is not looked up. */
function textOf({ attributes }: Holder, name: string): string | undefined {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? String(value) : undefined;
}
