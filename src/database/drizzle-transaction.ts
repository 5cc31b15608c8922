import { doAfterCommit } from '../common/after-commit.js';
import { Transaction } from '../common/unit-of-work.js';
import type { Database, DatabaseConnection } from './database.js';
import type { DatabaseClient } from './postgres-pool.js';

/** A transaction of the database, and what follows its commit. */
export class DrizzleTransaction extends Transaction {
  private readonly tasks: (() => Promise<void>)[] = [];

  /**
   * @param db the handle for what is done in it
   * @param outside the database's own, for what is done in none
   */
  constructor(
    readonly db: Database,
    readonly outside: Database,
  ) {
    super();
  }

  afterCommit(task: () => Promise<void>): void {
    this.tasks.push(task);
  }

  /** It is committed. Once. @throws AfterCommitError */
  async committed(result?: unknown): Promise<void> {
    await doAfterCommit(this.tasks.splice(0), result);
  }
}

/**
 * Commits when the promise of `work` resolves, else rolls back and rejects with what it threw.
 * @throws AfterCommitError
 */
export async function runTransaction<T>(
  connection: DatabaseConnection,
  work: (transaction: DrizzleTransaction, client: DatabaseClient) => Promise<T>,
): Promise<T> {
  const { result, transaction } = await connection.transaction(async (db, client) => {
    const begun = new DrizzleTransaction(db, connection.db);
    return { result: await work(begun, client), transaction: begun };
  });
  await transaction.committed(result);
  return result;
}
