import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import type { FieldError } from '../../src/common/errors/latchkey-error.js';
import { RequestValidationPipe } from '../../src/common/validation/request-validation.pipe.js';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
/** Left out in cookie mode alone, which its class does not know. */
const NEEDED_WITHOUT_COOKIES = 'refreshToken';
const pipe = new RequestValidationPipe();

/** What `@ApiProperty` says of a field. */
interface Described {
  readonly type?: unknown;
  readonly isArray?: boolean;
  readonly required?: boolean;
}

type Kind = 'list' | 'switch' | 'number' | 'object' | 'text';

const VALUES: Readonly<Record<Kind, unknown>> = {
  list: ['a', 'a'],
  switch: true,
  number: 5,
  object: { a: 1 },
  text: 'a',
};
/** What is said of a value of another kind. */
const TYPE_NAMED: Readonly<Record<Kind, RegExp>> = {
  list: /^\w+ must be a list$/,
  switch: /^\w+ must be true or false$/,
  number: /^\w+ must be a whole number\b/,
  object: /^\w+ must be an object\b/,
  text: /^\w+ must be (a text|an e-mail address|one of|a time|a host name|an IP address|a user's id|the|that of|true or false|success or|a whole)\b/,
};

interface Field {
  readonly body: Type;
  readonly name: string;
  readonly kind: Kind;
  readonly required: boolean;
}

async function fieldsOf(path: string): Promise<Field[]> {
  const exported = Object.values((await import(join(SRC, path))) as Record<string, unknown>);
  return exported.filter(isClass).flatMap((body) => {
    const rules = getMetadataStorage().getTargetValidationMetadatas(body, body.name, false, false);
    return [...new Set(rules.map(({ propertyName }) => propertyName))].map((name) => {
      const described = descriptionOf(body, name);
      return { body, name, kind: kindOf(described), required: described.required !== false };
    });
  });
}

function isClass(exported: unknown): exported is Type {
  return typeof exported === 'function' && exported.name.endsWith('Dto');
}

function descriptionOf(body: Type, name: string): Described {
  const prototype = body.prototype as object;
  return (Reflect.getMetadata('swagger/apiModelProperties', prototype, name) ?? {}) as Described;
}

function kindOf({ type, isArray = false }: Described): Kind {
  if (isArray || Array.isArray(type)) return 'list';
  if (type === Boolean) return 'switch';
  if (type === 'integer') return 'number';
  return type === 'object' ? 'object' : 'text';
}

/** What is said of a field, where no other is given. */
async function saidOf({ body, name }: Field, given: object): Promise<string[]> {
  try {
    await pipe.transform(given, { type: 'body', metatype: body });
    return [];
  } catch (error) {
    const { fields = [] } = error as { readonly fields?: readonly FieldError[] };
    return fields.filter(({ field }) => field === name).map(({ message }) => message);
  }
}

const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.dto.ts'),
);
const fields = (await Promise.all(paths.map(fieldsOf))).flat();
const named = (list: readonly Field[]) =>
  list.map((field) => [`${field.body.name}.${field.name}`, field] as const);

describe('What is said of a field of a body or a query', () => {
  it.each(named(fields))('names the type where it is another: %s', async (_, field) => {
    for (const [kind, value] of Object.entries(VALUES)) {
      if (kind === field.kind) continue;
      expect([kind, ...(await saidOf(field, { [field.name]: value }))]).toEqual([
        kind,
        expect.stringMatching(TYPE_NAMED[field.kind]),
      ]);
    }
  });

  it.each(named(fields.filter(({ required }) => required)))('is that it is missing: %s', async (_, field) => {
    expect(await saidOf(field, {})).toEqual([`${field.name} must be given`]);
  });

  it.each(named(fields.filter(({ required, name }) => !required && name !== NEEDED_WITHOUT_COOKIES)))(
    'is nothing where it may be left out: %s',
    async (_, field) => {
      expect(await saidOf(field, {})).toEqual([]);
    },
  );
});
