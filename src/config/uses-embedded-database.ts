import type { EnvironmentSource } from './read-settings.js';

/** Tells before the configuration is read, which takes a moment to load, whether it will want the embedded database. */
export function usesEmbeddedDatabase(source: EnvironmentSource = process.env): boolean {
  return !source['DATABASE_URL'] && !source['DATABASE_URL_FILE'];
}
