import { Injectable } from '@nestjs/common';
import type { UserFieldValues } from './fields/user-field.js';
import type { User } from './user.js';
import { UserFieldsStore, type UserWithFields } from './user-fields-store.js';
import { type AttributePage, type AttributeRule, UsersRepository } from './users.repository.js';

/** A team's own fields in `User.attributes`: read and written with the user, by no statement of their own. */
@Injectable()
export class AttributeFieldsStore extends UserFieldsStore {
  constructor(private readonly users: UsersRepository) {
    super();
  }

  override attributesOf(values: UserFieldValues): UserFieldValues {
    return values;
  }

  find({ attributes }: User): Promise<UserFieldValues> {
    return Promise.resolve(attributes);
  }

  override creating(): undefined {
    return undefined;
  }

  create(): Promise<void> {
    return Promise.resolve();
  }

  change(): Promise<void> {
    return Promise.resolve();
  }

  erase(): Promise<void> {
    return Promise.resolve();
  }

  async findUsers(
    name: string,
    value: string | number | boolean,
    page: AttributePage,
  ): Promise<UserWithFields[]> {
    const found = await this.users.findByAttribute(name, value, page);
    return found.map((user) => ({ user, values: user.attributes }));
  }

  async prepare(rules: readonly AttributeRule[]): Promise<void> {
    await this.users.indexAttributes(rules);
  }
}
