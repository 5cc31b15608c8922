import { ApiProperty } from '@nestjs/swagger';

/** What a team says of one of its own fields. */
export interface UserFieldOptions {
  /** `user`: users write it themselves, at registration and in their profile; `admin`: only administrators, who may write all. */
  readonly write: 'user' | 'admin';
  /**
   * It is a claim of access tokens, of the same name: 128 octets of JSON at most. Read when a token is issued, so that a
   * change takes effect at the next refresh, an administrator's at once. Default: false.
   */
  readonly token?: boolean;
  /** No two users have the same value: a text of 255 characters at most, a number, or whether. Default: false. */
  readonly unique?: boolean;
  /** Users can be found by it (`UsersRepository.findByAttribute`), as by a unique one. Default: false. */
  readonly searchable?: boolean;
  /** What the audit log keeps of a change: that it was changed (the default), or the new value, too, where it harms no one. */
  readonly audit?: 'name' | 'value';
}

/** The values of a team's own fields, by name, as JSON has them. Null, or left out: none. */
export type UserFieldValues = Readonly<Record<string, unknown>>;

const DECLARED = Symbol('latchkey:user-fields');

/** Letters, digits and `_`, so that it is the same in JSON, in SQL and in a program. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/**
 * Makes a property of a class one of a team's own fields of users. Its rules are those of class-validator on the same
 * property (`@IsOptional()`: may be left out or taken back), its schema that of `@ApiProperty()`.
 * @example
 * class StaffFields {
 *   @UserField({ write: 'user' })
 *   @ApiPropertyOptional({ type: String, example: '+49 30 123456' })
 *   @IsOptional()
 *   @IsPhoneNumber()
 *   telephone?: string | null;
 * }
 */
export function UserField(options: UserFieldOptions): PropertyDecorator {
  return (prototype, property) => {
    if (typeof property !== 'string' || !NAME.test(property)) {
      throw new TypeError(`A user's field cannot be called ${String(property)}: letters, digits and _ only.`);
    }
    // Its type, where nothing else says it.
    ApiProperty()(prototype, property);
    Reflect.defineMetadata(DECLARED, new Map([...optionsOf(prototype), [property, options]]), prototype);
  };
}

/** What the properties of a class are declared as, those that it inherits included. */
export function optionsOf(prototype: object): ReadonlyMap<string, UserFieldOptions> {
  return (
    (Reflect.getMetadata(DECLARED, prototype) as ReadonlyMap<string, UserFieldOptions> | undefined) ??
    new Map()
  );
}
