import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import type { Transaction } from '../../common/unit-of-work.js';
import { claimProblem, toJson } from '../../users/fields/json-value.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import { UserFields } from '../../users/fields/user-fields.js';
import type { NewUser, User } from '../../users/user.js';
import { UserFieldsStore, type UserWithFields } from '../../users/user-fields-store.js';
import { FieldTakenError, InvalidFieldsError } from '../../users/users.errors.js';
import { type AttributePage, UsersRepository } from '../../users/users.repository.js';

/** A team's own fields of users, as flows read and write them. */
@Injectable()
export class OwnFields {
  constructor(
    private readonly fields: UserFields,
    private readonly store: UserFieldsStore,
    private readonly users: UsersRepository,
  ) {}

  /** What a body that was checked says of the fields that its sender may write. */
  givenBy(writer: 'user' | 'admin', body: object): UserFieldValues {
    const given = this.fields.declared
      .filter(({ write }) => writer === 'admin' || write === 'user')
      .map(({ name }): [string, unknown] => [name, toJson((body as UserFieldValues)[name])])
      .filter(([, value]) => value !== undefined);
    return Object.fromEntries(given);
  }

  /**
   * What a new account begins with: what was given, and else what the declaration says.
   * @throws InvalidFieldsError if users did not give what they must
   */
  beginning(given: UserFieldValues): UserFieldValues {
    const { declared, declaration } = this.fields;
    if (declared.length === 0) return {};
    const initial = new declaration() as UserFieldValues;
    const values = declared
      .map(({ name }): [string, unknown] => [
        name,
        given[name] === undefined ? toJson(initial[name]) : given[name],
      ])
      .filter(([, value]) => value !== undefined && value !== null);
    const named = new Set(values.map(([name]) => name));
    const missing = declared.filter(
      ({ name, required, write }) => required && write === 'user' && !named.has(name),
    );
    if (missing.length > 0) {
      const fields = missing.map(({ name }) => ({ field: name, message: `${name} must be given` }));
      throw new InvalidFieldsError(fields);
    }
    return Object.fromEntries(values);
  }

  /** For who may know: whether it is so at the end is decided when the account is made. @throws FieldTakenError */
  async refuseTaken(values: UserFieldValues): Promise<void> {
    for (const { name, unique } of this.fields.declared) {
      const value = values[name];
      if (!unique || !isKey(value)) continue;
      // oxlint-disable-next-line eslint/no-await-in-loop -- few, and seldom
      const [owner] = await this.store.findUsers(name, value, { limit: 1 });
      if (owner) throw new FieldTakenError(name);
    }
  }

  /** Whether access tokens hold any. */
  get areInTokens(): boolean {
    return this.fields.declared.some(({ token }) => token);
  }

  /** What access tokens say of the fields that they hold; those in which there is nothing are left out. @param values of `of` */
  claimsIn(values: UserFieldValues): UserFieldValues {
    const told = this.fields.declared.filter(({ token }) => token);
    // What was written by other ways may be too much: services do without it, and no token is refused for it.
    const claims = told
      .map(({ name }): [string, unknown] => [name, values[name]])
      .filter(([, value]) => value !== null && claimProblem(value) === undefined);
    return Object.fromEntries(claims);
  }

  /** What the user has in each field; null: nothing. */
  async of(user: User, transaction?: Transaction): Promise<UserFieldValues> {
    return this.fields.declared.length === 0 ? {} : this.whole(await this.store.find(user, transaction));
  }

  /** A new user with these, both written or neither. @throws EmailTakenError, FieldTakenError */
  async createUser(user: NewUser, values: UserFieldValues, transaction: Transaction): Promise<User> {
    const created = await this.users.create(
      { ...user, attributes: this.store.attributesOf(values) },
      transaction,
    );
    if (Object.keys(values).length > 0) await this.store.creating(created.id, values)?.within(transaction);
    return created;
  }

  /**
   * The user's row first, as in every transaction.
   * @returns the user as they are then; undefined if they are gone
   * @throws FieldTakenError
   */
  async change(id: string, changes: UserFieldValues, transaction: Transaction): Promise<User | undefined> {
    const changed = await this.users.changeAttributes(id, this.store.attributesOf(changes), transaction);
    if (changed) await this.store.change(id, changes, transaction);
    return changed;
  }

  /**
   * The users who have a value in a field.
   * @param given as a text; the declaration makes one form of it
   * @throws InvalidFieldsError if users are not found by that field
   */
  async search(name: string, given: string, page: AttributePage): Promise<UserWithFields[]> {
    const searchable = this.fields.declared.filter((field) => field.searchable).map((field) => field.name);
    if (!searchable.includes(name)) {
      const message =
        searchable.length === 0 ? 'no field is searchable' : `field must be one of ${searchable.join(', ')}`;
      throw new InvalidFieldsError([{ field: 'field', message }]);
    }
    const value = toJson(
      (plainToInstance(this.fields.declaration, { [name]: given }) as UserFieldValues)[name],
    );
    if (!isKey(value)) return [];
    const found = await this.store.findUsers(name, value, page);
    return found.map(({ user, values }) => ({ user, values: this.whole(values) }));
  }

  private whole(values: UserFieldValues): UserFieldValues {
    const all: object = this.fields.valuesIn(values);
    return { ...all };
  }
}

/** What users can be found by. */
function isKey(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
