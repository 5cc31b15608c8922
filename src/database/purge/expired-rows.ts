import type { SQL } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';

/** What time it is to a purge. */
export interface PurgeTime {
  /** Whole milliseconds since the epoch, by the clock or by time that passed, whichever is earlier. */
  readonly now: number;
  /** How long this process has run, by time that passed; milliseconds. */
  readonly elapsed: number;
}

/** Rows of a table that are not needed from some time on. Nothing makes such a row live again. */
export interface ExpiredRows {
  /** As operators read it, e.g. `one-time tokens`. Several of one name are counted together. */
  readonly name: string;
  readonly table: PgTable;
  /** Has an index, unless the table stays small. */
  readonly column: AnyPgColumn | SQL;
  /** What is no later than this has expired; a value of the column. */
  readonly limit: (time: PurgeTime) => unknown;
  /** Of a table that is append-only: the setting by which its trigger lets a transaction delete. */
  readonly permission?: string;
}
