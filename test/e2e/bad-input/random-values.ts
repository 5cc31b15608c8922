import fc from 'fast-check';
import type { OpenApiDocument, Schema } from '../support/openapi-document.js';

/** Half surrogates and NULs included, which JSON can say and UTF-8 or PostgreSQL cannot. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0xd800, 0xdfff, 0x0a, 0x22)), {
    maxLength: 40,
  })
  .map((units) => String.fromCharCode(...units));
const hostileText = fc.oneof(
  anyText,
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    "' OR 1=1 --",
    '{{7*7}}',
    '../../etc/passwd',
    '<script>alert(1)</script>',
    '%s%n',
    '\u202e',
    'x'.repeat(255),
    'x'.repeat(1025),
    '😀'.repeat(600),
    'null',
    'lk_rt_',
    `lk_rt_${'A'.repeat(156)}`,
  ),
);
const anyName = fc.oneof(
  hostileText,
  fc.constantFrom(
    'id',
    'roles',
    'constructor',
    'toString',
    '__proto__',
    'length',
    'then',
    'toJSON',
    'hasOwnProperty',
  ),
);

/** Parameters of a path, and pairs of a query. */
export const anyParameters = fc.tuple(
  fc.oneof(fc.uuid(), hostileText.map(wellFormed), fc.string({ maxLength: 200 })),
  fc.array(fc.tuple(anyName.map(wellFormed), hostileText.map(wellFormed)), { maxLength: 4 }),
);

const JSON_TEXT = JSON.stringify({
  email: 'ada@example.com',
  password: 'x',
  name: 'y',
  refreshToken: 'z',
});
/** JSON with some bytes of it changed, and bytes that were never JSON. */
export const anyBytes = fc.oneof(
  fc
    .tuple(fc.nat({ max: JSON_TEXT.length }), fc.uint8Array({ minLength: 1, maxLength: 4 }))
    .map(([at, bytes]) =>
      Buffer.concat([Buffer.from(JSON_TEXT.slice(0, at)), bytes, Buffer.from(JSON_TEXT.slice(at + 1))]),
    ),
  fc.uint8Array({ maxLength: 100 }),
);

/** Values near what the schema asks for, and values far from it. */
export function valueFor(schema: Schema, document: OpenApiDocument): fc.Arbitrary<unknown> {
  const { properties, type } = resolve(schema, document);
  if (properties) {
    const members = Object.entries(properties).map(
      ([name, property]) => [name, valueFor(property, document)] as const,
    );
    const known = fc.record(Object.fromEntries(members), { requiredKeys: [] });
    const complete = fc.record(Object.fromEntries(members));
    const unknown = fc.array(fc.tuple(anyName, fc.jsonValue()), { minLength: 1, maxLength: 3 });
    return fc.oneof(
      { weight: 6, arbitrary: complete },
      { weight: 2, arbitrary: known },
      {
        weight: 2,
        arbitrary: fc.tuple(complete, unknown).map(([object, more]) => withMembers(object, more)),
      },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
  }
  const far = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 });
  if (type !== 'string') return far;
  return fc.oneof({ weight: 6, arbitrary: textFor(schema) }, { weight: 1, arbitrary: far });
}

/** A value as the document shows it. */
export function exampleOf(schema: Schema, document: OpenApiDocument): unknown {
  const { properties = {} } = resolve(schema, document);
  return Object.fromEntries(Object.entries(properties).map(([name, { example }]) => [name, example]));
}

function textFor(schema: Schema): fc.Arbitrary<string> {
  const { format, example, minLength = 0, maxLength = 200 } = schema;
  const fitting = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) });
  const texts: fc.Arbitrary<string>[] = [fitting, hostileText];
  if (format === 'email' || format === 'idn-email') texts.push(fc.emailAddress());
  if (typeof example === 'string') {
    const changed = fc.tuple(fc.nat({ max: example.length }), fc.nat({ max: 0xffff }));
    texts.push(
      fc.constant(example),
      changed.map(([at, unit]) => example.slice(0, at) + String.fromCharCode(unit) + example.slice(at + 1)),
    );
  }
  return fc.oneof(...texts);
}

/** Own members whatever their names, as a JSON parser makes them. */
function withMembers(object: object, members: [string, unknown][]): object {
  const copy = { ...object };
  for (const [name, value] of members) {
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

function resolve(schema: Schema, document: OpenApiDocument): Schema {
  const name = schema.$ref?.split('/').at(-1);
  const found = name === undefined ? schema : document.components.schemas[name];
  if (!found) throw new Error(`There is no schema ${name}.`);
  return found;
}

/** URLs hold no half surrogates, and clients resolve dot segments before they ask. */
function wellFormed(text: string): string {
  const clean = text.replaceAll(/\p{Cs}/gu, '?');
  return /^\.{1,2}$/.test(clean) ? `${clean}x` : clean;
}
