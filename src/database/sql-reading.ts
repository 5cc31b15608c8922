import type { SQL } from 'drizzle-orm';

/** Part of another statement: what else is read along with it, as one JSON value. */
export interface SqlReading<T> {
  /**
   * @internal
   * @param key the text by which it is found
   */
  select(key: SQL): SQL;
  /**
   * Makes the value of what `select` gave.
   * @param json null where nothing was found
   */
  parse(json: unknown): T | undefined;
}
