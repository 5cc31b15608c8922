const BOOL = 16;
const NUMBERS = [21, 23, 26, 700, 701];
const JSONS = [114, 3802];

type Read = (text: string) => unknown;

const asText: Read = (text) => text;
const READERS = new Map<number, Read>([
  [BOOL, (text) => text === 't'],
  ...NUMBERS.map((oid): [number, Read] => [oid, Number]),
  ...JSONS.map((oid): [number, Read] => [oid, (text) => JSON.parse(text) as unknown]),
]);

/**
 * How what comes of Latchkey's statements is read, whatever parsers the application has set for all of the process
 * (`pg.types.setTypeParser`) or of its pool: as node-postgres does by
 * itself; times and arrays are texts, which Drizzle reads.
 */
export const OWN_TYPES = { getTypeParser: (oid: number): Read => READERS.get(oid) ?? asText };
