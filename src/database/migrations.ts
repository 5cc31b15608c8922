import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Plain SQL, in the order of `meta/_journal.json`; applied ones are never edited. Numbers only name
 * them; there never was a 0010.
 */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('migrations', import.meta.url));

/** Where it is noted which migrations were applied; in the installation's schema. */
export const MIGRATIONS_TABLE = 'latchkey_migrations';

/** The time by which the last one is known. */
export function lastMigration(folder: string): number {
  const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  return Math.max(...journal.entries.map(({ when }) => when));
}
