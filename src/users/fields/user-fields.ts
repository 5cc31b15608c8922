import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { isRegisteredClaim } from './registered-claims.js';
import { optionsOf, type UserFieldOptions, type UserFieldValues } from './user-field.js';

/** One of a team's own fields. */
export interface DeclaredUserField extends Required<UserFieldOptions> {
  readonly name: string;
  /** It must be given when an account is made, and cannot be taken back. */
  readonly required: boolean;
}

/** Tokens are sent with every request, and cookies hold 4,096 octets. */
const TOKEN_FIELDS_MAX = 8;

/** What else is, or may come to be, in the bodies and answers that hold users. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(
  (
    'id name email emailVerified emailVerifiedAt roles scopes createdAt updatedAt lastLoginAt disabled disabledAt attributes ' +
    'password currentPassword newPassword passwordHash token user accessToken refreshToken tokenType expiresIn csrfToken ' +
    'search role verified sort limit cursor prototype'
  ).split(' '),
);

/**
 * A team's own fields of users, from one declaration: a class whose properties are `@UserField()`s. Handed to
 * `LatchkeyModule.forRoot({ fields: UserFields.of(StaffFields) })`, and injected where it is needed.
 */
export class UserFields<Fields extends object = object> {
  /** No field. */
  static readonly NONE: UserFields = new UserFields(Object, []);

  private constructor(
    /** The class that declares them. */
    readonly declaration: Type<Fields>,
    /** In the order of their declaration. */
    readonly declared: readonly DeclaredUserField[],
  ) {}

  /** @throws TypeError if the class declares no field, or one with a name that is taken */
  static of<Fields extends object>(declaration: Type<Fields>): UserFields<Fields> {
    const prototype = declaration.prototype as object;
    const declared = Array.from(optionsOf(prototype), ([name, options]): DeclaredUserField => {
      if (TAKEN_NAMES.has(name) || name in Object.prototype) {
        throw new TypeError(
          `${declaration.name}: a user's field cannot be called ${name}, which is Latchkey's.`,
        );
      }
      if (options.token && isRegisteredClaim(name)) {
        throw new TypeError(
          `${declaration.name}: ${name} cannot be in tokens, where it means something already.`,
        );
      }
      const searchable = options.searchable ?? options.unique ?? false;
      return {
        audit: 'name',
        token: false,
        unique: false,
        ...options,
        searchable,
        name,
        required: !mayBeLeftOut(declaration, name),
      };
    });
    if (declared.filter(({ token }) => token).length > TOKEN_FIELDS_MAX) {
      throw new TypeError(`${declaration.name}: at most ${TOKEN_FIELDS_MAX} fields can be in tokens.`);
    }
    if (declared.length === 0) throw new TypeError(`${declaration.name} has no property with @UserField().`);
    return new UserFields(declaration, declared);
  }

  /** What the user has in each field; null: nothing. @param held where they are kept, e.g. `user.attributes` */
  valuesIn(held: UserFieldValues): { [Name in keyof Fields]-?: Exclude<Fields[Name], undefined> | null } {
    const values = this.declared.map(({ name }) => [
      name,
      Object.hasOwn(held, name) ? (held[name] ?? null) : null,
    ]);
    return Object.fromEntries(values) as ReturnType<typeof this.valuesIn>;
  }
}

/** As class-validator is told by `@IsOptional()`. */
function mayBeLeftOut(declaration: Type, name: string): boolean {
  return getMetadataStorage()
    .getTargetValidationMetadatas(declaration, declaration.name, false, false)
    .some((rule) => rule.propertyName === name && rule.name === 'isOptional');
}
