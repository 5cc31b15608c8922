import type { Transaction } from '../common/unit-of-work.js';
import { DrizzleTransaction } from './drizzle-transaction.js';

/**
 * The handle for statements of a team's own in a transaction that Latchkey has begun: what they do is committed with it, or not at
 * all.
 * @param database what `@InjectDatabase()` injects
 * @throws Error for a transaction that is not of this database: its statements would be committed whatever becomes of it
 * @example await handleIn(this.db, transaction).insert(staff).values({ userId: id });
 */
export function handleIn<Handle extends object>(database: Handle, transaction: Transaction): Handle {
  if (!(transaction instanceof DrizzleTransaction))
    throw new Error('The transaction is not one of the database: another UnitOfWork has begun it.');
  const outside: object = transaction.outside;
  if (outside !== database)
    throw new Error('The handle is not that of the transaction: take what @InjectDatabase() injects.');
  return transaction.db as object as Handle;
}
