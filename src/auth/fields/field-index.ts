import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConfigurationError } from '../../config/configuration-error.js';
import { UserFields } from '../../users/fields/user-fields.js';
import { AttributeNotUniqueError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';

/** Has the fields that are declared unique, or searchable, be so from the start on. */
@Injectable()
export class FieldIndex implements OnModuleInit {
  constructor(
    private readonly fields: UserFields,
    private readonly users: UsersRepository,
  ) {}

  /** @throws ConfigurationError if users share values of a field that is to be unique */
  async onModuleInit(): Promise<void> {
    // Without a declaration another application's stays: one that only runs commands, say.
    if (this.fields.declared.length === 0) return;
    const rules = this.fields.declared.filter(({ searchable }) => searchable);
    try {
      await this.users.indexAttributes(rules.map(({ name, unique }) => ({ name, unique })));
    } catch (error) {
      if (!(error instanceof AttributeNotUniqueError)) throw error;
      throw new ConfigurationError([
        `The field ${error.field} is declared unique, and there are users who share a value of it.`,
      ]);
    }
  }
}
