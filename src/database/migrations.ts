import { fileURLToPath } from 'node:url';

/** Plain SQL, in the order of `meta/_journal.json`; applied ones are never edited. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('migrations', import.meta.url));

export const MIGRATIONS_TABLE = {
  migrationsSchema: 'public',
  migrationsTable: 'latchkey_migrations',
} as const;
