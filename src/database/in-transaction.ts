import type { Transaction } from '../common/unit-of-work.js';
import type { Database } from './database.js';
import { handleOf } from './drizzle-unit-of-work.js';

/**
 * The handle for statements of a team's own in a transaction that Latchkey has begun: what they do is committed with it, or not at
 * all.
 * @param database what `@InjectDatabase()` injects
 * @example await inTransaction(this.db, transaction).insert(staff).values({ userId: id });
 */
export function inTransaction<Handle extends object>(database: Handle, transaction: Transaction): Handle {
  return handleOf(database as object as Database, transaction) as object as Handle;
}
