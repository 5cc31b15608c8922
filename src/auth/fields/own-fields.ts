import { Injectable } from '@nestjs/common';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { claimProblem, toJson } from '../../users/fields/json-value.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import { UserFields } from '../../users/fields/user-fields.js';
import type { User } from '../../users/user.js';
import { FieldTakenError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';

/** A team's own fields of users, as flows read and write them. */
@Injectable()
export class OwnFields {
  constructor(
    private readonly fields: UserFields,
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
   * @throws LatchkeyError `VALIDATION_FAILED` if users did not give what they must
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
      throw new LatchkeyError(
        'VALIDATION_FAILED',
        'The request holds fields that are missing or not valid.',
        { fields },
      );
    }
    return Object.fromEntries(values);
  }

  /** For who may know: whether it is so at the end is decided when the account is made. @throws FieldTakenError */
  async refuseTaken(values: UserFieldValues): Promise<void> {
    for (const { name, unique } of this.fields.declared) {
      const value = values[name];
      if (!unique || (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean'))
        continue;
      // oxlint-disable-next-line eslint/no-await-in-loop -- few, and seldom
      const [owner] = await this.users.findByAttribute(name, value, { limit: 1 });
      if (owner) throw new FieldTakenError(name);
    }
  }

  /** What the user's access token says of the fields that it holds; those in which there is nothing are left out. */
  async claimsOf(user: User): Promise<UserFieldValues> {
    const told = this.fields.declared.filter(({ token }) => token);
    if (told.length === 0) return {};
    const values = await this.of(user);
    // What was written by other ways may be too much: services do without it, and no token is refused for it.
    const claims = told
      .map(({ name }): [string, unknown] => [name, values[name]])
      .filter(([, value]) => value !== null && claimProblem(value) === undefined);
    return Object.fromEntries(claims);
  }

  /** What the user has in each field; null: nothing. */
  of(user: User): Promise<UserFieldValues> {
    const values: object = this.fields.valuesIn(user.attributes);
    return Promise.resolve({ ...values });
  }
}
