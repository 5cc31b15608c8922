import { Injectable, type Type } from '@nestjs/common';
import { ApiProperty, IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { buildMessage, ValidateBy, ValidateIf } from 'class-validator';
import type { ErrorCode } from '../../common/errors/error-code.js';
import { ExtendedBodies } from '../../common/validation/extended-bodies.js';
import { claimProblem, jsonProblem, keyProblem } from '../../users/fields/json-value.js';
import { type DeclaredUserField, UserFields } from '../../users/fields/user-fields.js';
import { modelsWithUserFields, type UserFieldsPlace } from './user-field-models.js';

/** Bodies and answers with the fields that this application declares: classes made from ours and the team's. */
@Injectable()
export class UserFieldBodies extends ExtendedBodies {
  private readonly made = new Map<Type, Type>();

  constructor(private readonly fields: UserFields) {
    super();
  }

  of(model: Type): Type {
    const place = modelsWithUserFields().get(model);
    if (place === undefined || this.fields.declared.length === 0) return model;
    const existing = this.made.get(model);
    if (existing) return existing;
    const extended = place === 'answer' ? this.answer(model) : this.body(model, place);
    Object.defineProperty(extended, 'name', { value: model.name });
    this.made.set(model, extended);
    return extended;
  }

  /** Every model of the server that has the fields, as this application has it. */
  all(): Type[] {
    return this.fields.declared.length === 0
      ? []
      : Array.from(modelsWithUserFields().keys(), (model) => this.of(model));
  }

  /** What else is answered to a body, since it holds fields that are unique. @param name of its model */
  codesOf(name: string | undefined): ErrorCode[] {
    const place = Array.from(modelsWithUserFields()).find(([model]) => model.name === name)?.[1];
    if (place === undefined || place === 'answer' || !this.fieldsOf(place).some(({ unique }) => unique))
      return [];
    return place === 'profile' ? ['FIELD_TAKEN', 'RATE_LIMITED'] : ['FIELD_TAKEN'];
  }

  private fieldsOf(place: UserFieldsPlace): DeclaredUserField[] {
    return this.fields.declared.filter(({ write }) => isOfAdministrators(place) || write === 'user');
  }

  private body(model: Type, place: Exclude<UserFieldsPlace, 'answer'>): Type {
    const fields = this.fieldsOf(place);
    const names = fields.map(({ name }) => name) as never[];
    // A change of the profile need not hold the name.
    const base = place === 'profile' ? PartialType(model, { skipNullProperties: false }) : model;
    const Joined: Type<object> = IntersectionType(base, PickType(this.fields.declaration, names));
    const prototype = Joined.prototype as object;
    for (const field of fields) {
      const { name, required } = field;
      const needed = isNeeded(field, place);
      ApiProperty({ required: needed, nullable: !required })(prototype, name);
      ValidateIf((_, value) => (value !== undefined || needed) && (value !== null || required))(
        prototype,
        name,
      );
      IsKept(field)(prototype, name);
    }
    return withoutInitialValues(Joined, names);
  }

  /** Accounts may be older than the declaration: there may be nothing in any field. */
  private answer(model: Type): Type {
    const names = this.fields.declared.map(({ name }) => name);
    const Joined: Type<object> = IntersectionType(model, PickType(this.fields.declaration, names as never[]));
    const prototype = Joined.prototype as object;
    for (const name of names) ApiProperty({ required: true, nullable: true })(prototype, name);
    return Joined;
  }
}

function isOfAdministrators(place: UserFieldsPlace): boolean {
  return place === 'invitation' || place === 'administration';
}

function isNeeded({ required, write }: DeclaredUserField, place: UserFieldsPlace): boolean {
  return (
    required &&
    ((place === 'registration' && write === 'user') || (place === 'invitation' && write === 'admin'))
  );
}

function IsKept({ searchable, token }: DeclaredUserField): PropertyDecorator {
  const problemOf = (value: unknown) =>
    jsonProblem(value) ??
    (searchable ? keyProblem(value) : undefined) ??
    (token ? claimProblem(value) : undefined);
  return ValidateBy({
    name: 'isKeptAsJson',
    validator: {
      validate: (value: unknown) => problemOf(value) === undefined,
      defaultMessage: buildMessage((_, args) => `$property must ${problemOf(args?.value) ?? 'be JSON'}`),
    },
  });
}

/** What the declaration gives a new object is for new accounts, not for every body that leaves it out. */
function withoutInitialValues(Joined: Type<object>, names: readonly string[]): Type {
  return class extends Joined {
    constructor() {
      super();
      for (const name of names) Reflect.deleteProperty(this, name);
    }
  };
}
