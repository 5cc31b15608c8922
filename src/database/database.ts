import { Inject } from '@nestjs/common';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** The Drizzle handle that repositories use: one SQL dialect, whichever driver stands behind it. */
export type Database = PgDatabase<PgQueryResultHKT>;

const DATABASE = Symbol('Database');

/** Injects the `Database`. */
export const InjectDatabase = (): ParameterDecorator => Inject(DATABASE);

/** What a driver hands out. */
export abstract class DatabaseConnection {
  abstract readonly db: Database;
  /** Whether other processes may write to the same database. */
  abstract readonly shared: boolean;
  /** e.g. `PostgreSQL at db.internal:5432`; holds no credentials. */
  abstract readonly description: string;
  /** Resolves if the database answers. */
  abstract ping(): Promise<void>;
  /** Applies the migrations that are missing; safe when several processes start at once. */
  abstract migrate(folder: string): Promise<void>;
  abstract close(): Promise<void>;
}

export { DATABASE };
