import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { UserField, type UserFieldOptions } from './user-field.js';
import { UserFields } from './user-fields.js';

/** A class with fields of those names. */
function classWith(names: readonly string[], options: UserFieldOptions = { write: 'user' }) {
  class Fields {}
  for (const name of names) UserField(options)(Fields.prototype, name);
  return Fields;
}

describe("A team's own fields", () => {
  it('are required unless they are optional, and found if they are unique; those of a base class count', () => {
    class Base {
      @UserField({ write: 'user', unique: true })
      @IsString()
      number!: string;
    }
    class Fields extends Base {
      @UserField({ write: 'admin', token: true, audit: 'value' })
      @IsOptional()
      @IsString()
      tenant?: string;
    }
    const nothing = { token: false, unique: false, searchable: false, audit: 'name' };
    expect(UserFields.of(Fields).declared).toEqual([
      { ...nothing, name: 'number', write: 'user', unique: true, searchable: true, required: true },
      { ...nothing, name: 'tenant', write: 'admin', token: true, audit: 'value', required: false },
    ]);
    expect(UserFields.of(Base).declared).toHaveLength(1);
  });

  it('are there with null where there is nothing, and nothing else is', () => {
    const fields = UserFields.of(classWith(['a', 'b', 'c']));
    expect(fields.valuesIn({ a: 1, b: null, other: 2 })).toEqual({ a: 1, b: null, c: null });
    expect(fields.valuesIn({ a: undefined })).toStrictEqual({ a: null, b: null, c: null });
  });

  it.each(['email', 'roles', 'password', 'token', 'attributes', 'constructor', 'toString'])(
    'cannot be called %s',
    (name) => {
      expect(() => UserFields.of(classWith([name]))).toThrow(`a user's field cannot be called ${name}`);
    },
  );

  it.each(['__proto__', 'a b', 'a-b', '1a', '', 'ä', 'a'.repeat(64)])(
    'cannot be called %j, which is no name',
    (name) => {
      expect(() => classWith([name])).toThrow(TypeError);
    },
  );

  it.each(['sub', 'scope', 'sid', 'phone_number', 'cnf', 'locale'])(
    'cannot be called %s in tokens',
    (name) => {
      expect(() => UserFields.of(classWith([name], { write: 'user', token: true }))).toThrow(
        'cannot be in tokens',
      );
      expect(UserFields.of(classWith([name])).declared).toHaveLength(1);
    },
  );

  it('are in tokens up to eight, and at least one', () => {
    const names = Array.from('abcdefghi');
    expect(() => UserFields.of(classWith(names, { write: 'user', token: true }))).toThrow('at most 8');
    expect(UserFields.of(classWith(names)).declared).toHaveLength(9);
    expect(() => UserFields.of(classWith([]))).toThrow('has no property with @UserField()');
  });
});
