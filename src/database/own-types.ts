import pg from 'pg';
import { ARRAY_TYPES } from './array-types.js';

const BOOL = 16;
const BYTEA = 17;
const NUMBERS = [21, 23, 26, 700, 701];
const JSONS = [114, 3802];
/** Of dates, times, intervals and `numeric`, whose columns Drizzle reads from a text; and of boxes, between which is no comma. */
const ARRAYS_AS_TEXT = new Set([1115, 1182, 1185, 1187, 1231, 1020]);

type Read = (text: string) => unknown;

const asText: Read = (text) => text;
const READERS = new Map<number, Read>([
  [BOOL, (text) => text === 't'],
  [BYTEA, bytesOf],
  ...NUMBERS.map((oid): [number, Read] => [oid, Number]),
  ...JSONS.map((oid): [number, Read] => [oid, (text) => JSON.parse(text) as unknown]),
]);
// Its declaration says that it parses at once.
const arrays: object = pg.types.arrayParser;
const parser = arrays as { create(text: string, read: Read): { parse(): unknown[] } };
for (const [element, array] of ARRAY_TYPES) {
  const read = READERS.get(element) ?? asText;
  if (!ARRAYS_AS_TEXT.has(array)) READERS.set(array, (text) => parser.create(text, read).parse());
}

/**
 * How what comes of Latchkey's statements is read, whatever parsers the application has set for all of the process
 * (`pg.types.setTypeParser`) or of its pool: truth values, integers of up to four bytes, floats, JSON, `bytea`, and arrays of these and
 * of what stays a text. A text is all else: `bigint` and `numeric`, so that no digit is lost, and times, which Drizzle's columns read.
 * The embedded database gives the same, but for `bigint`, and bytes in a `Uint8Array`.
 */
export const OWN_TYPES = { getTypeParser: (oid: number): Read => READERS.get(oid) ?? asText };

/** As `bytea_output` has it written: `\\x…`, or each byte that is not ASCII in octal. */
function bytesOf(text: string): Buffer {
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex');
  const unescaped = text.replaceAll(/\\(?:\\|([0-7]{3}))/g, (_, octal: string | undefined) =>
    octal === undefined ? '\\' : String.fromCodePoint(Number.parseInt(octal, 8)),
  );
  return Buffer.from(unescaped, 'latin1');
}
