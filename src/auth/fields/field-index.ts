import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigurationError } from '../../config/configuration-error.js';
import { UserFields } from '../../users/fields/user-fields.js';
import { UserFieldsStore } from '../../users/user-fields-store.js';
import { AttributeNotUniqueError, UserFieldsUnusableError } from '../../users/users.errors.js';

/**
 * Has the fields that are declared unique, or searchable, be so from the start on. After modules were initialized, so that a
 * team's own can migrate its tables then.
 */
@Injectable()
export class FieldIndex implements OnApplicationBootstrap {
  constructor(
    private readonly fields: UserFields,
    private readonly store: UserFieldsStore,
  ) {}

  /** @throws ConfigurationError if users share values of a field that is to be unique, or the store cannot keep the fields */
  async onApplicationBootstrap(): Promise<void> {
    // Without a declaration another application's stays: one that only runs commands, say.
    if (this.fields.declared.length === 0) return;
    const rules = this.fields.declared.filter(({ searchable }) => searchable);
    try {
      await this.store.prepare(rules.map(({ name, unique }) => ({ name, unique })));
    } catch (error) {
      if (error instanceof UserFieldsUnusableError) throw new ConfigurationError(error.problems);
      if (!(error instanceof AttributeNotUniqueError)) throw error;
      throw new ConfigurationError([
        `The field ${error.field} is declared unique, and there are users who share a value of it.`,
      ]);
    }
  }
}
