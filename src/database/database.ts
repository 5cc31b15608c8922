import { Inject, Logger } from '@nestjs/common';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { DatabaseClient, PoolUse } from './postgres-pool.js';

/**
 * The Drizzle handle that repositories use: one SQL dialect, whichever driver stands behind it.
 * @internal Its declarations stop a compiler that checks those of libraries.
 */
export type Database = PgDatabase<PgQueryResultHKT>;

const DATABASE = Symbol('Database');

/** Injects the Drizzle handle of the database: a `PgDatabase<PgQueryResultHKT>` of `drizzle-orm/pg-core`. */
export const InjectDatabase = (): ParameterDecorator => Inject(DATABASE);

/** An open `LISTEN`. */
export interface Listening {
  /** Ends it: nothing is notified any more. */
  close(): Promise<void>;
}

/** A connection listens, and what is notified does not reach it. */
export class NotificationsLostError extends Error {
  constructor() {
    super('Notifications do not arrive: a pooler hands connections on.');
    this.name = 'NotificationsLostError';
  }
}

/** What a driver hands out. */
export abstract class DatabaseConnection {
  /** @internal */
  abstract readonly db: Database;
  /** Whether other processes may write to the same database. */
  abstract readonly shared: boolean;
  /** e.g. `PostgreSQL at db.internal:5432`; holds no credentials. */
  abstract readonly description: string;
  /** The PostgreSQL schema of every table of ours; for good once `migrate` was called. */
  abstract readonly schema: string;
  /** Whether statements keep their names from one time to the next. A pooler, or `DISCARD ALL`, may take them away. */
  get keepsNames(): boolean {
    return this.names;
  }
  private names = true;

  /** Names were lost: from now on there are none. */
  forgetNames(): void {
    if (!this.names) return;
    this.names = false;
    new Logger('Database').log(
      'Prepared statements do not stay on a connection (a pooler, DISCARD ALL): they are sent without names.',
    );
  }

  /** Of its pool, for metrics; undefined where there is none, or none that says so. */
  get poolUse(): PoolUse | undefined {
    return undefined;
  }

  /**
   * Resolves if the database answers and takes writes, in one round trip and without writing.
   * @throws ReadOnlyDatabaseError if it is a standby, or `default_transaction_read_only` is on
   */
  abstract ping(): Promise<void>;
  /**
   * Listens for `NOTIFY` on a connection of its own.
   * @param lost called once if the connection breaks
   * @throws NotificationsLostError if what is notified does not arrive, as behind a pooler
   * @throws Error if it cannot be made; always where the database is not shared
   */
  abstract listen(channel: string, notified: (payload: string) => void, lost: () => void): Promise<Listening>;
  /**
   * @internal Commits when the promise of `work` resolves, else rolls back.
   * @param work is given the transaction's handle, and the driver's own client
   */
  abstract transaction<T>(work: (db: Database, client: DatabaseClient) => Promise<T>): Promise<T>;
  /** @internal The handle of a transaction that a client is in. @throws Error where the database is not shared */
  abstract within(client: DatabaseClient): Database;
  /** Applies the migrations that are missing; safe when several processes start at once. */
  abstract migrate(folder: string): Promise<void>;
  /** Closes every connection that was opened for it, and lets go of the directory of an embedded database. */
  abstract close(): Promise<void>;
}

export { DATABASE };
