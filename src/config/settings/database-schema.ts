import type { Parser } from './setting.js';

const BYTES_MAX = 63;

/** A name as PostgreSQL keeps it: what is longer would be cut, and `pg_…` is its own. */
export function databaseSchema(): Parser<string> {
  return {
    must: 'must be the name of a PostgreSQL schema: at most 63 bytes, not pg_… and not information_schema',
    parse: (name) =>
      /^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u.test(name) &&
      Buffer.byteLength(name) <= BYTES_MAX &&
      !name.startsWith('pg_') &&
      name !== 'information_schema'
        ? name
        : undefined,
  };
}
