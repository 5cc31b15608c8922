import { Transaction } from '../common/unit-of-work.js';
import type { Database, DatabaseConnection } from './database.js';
import type { DatabaseClient } from './postgres-pool.js';

/** A transaction of the database, and what follows its commit. */
export class DrizzleTransaction extends Transaction {
  private readonly tasks: (() => Promise<void>)[] = [];

  constructor(readonly db: Database) {
    super();
  }

  afterCommit(task: () => Promise<void>): void {
    this.tasks.push(task);
  }

  /** It is committed. Once. */
  async committed(): Promise<void> {
    await oneAfterTheOther(this.tasks.splice(0));
  }
}

/** Commits when the promise of `work` resolves, else rolls back and rejects with what it threw. */
export async function runTransaction<T>(
  connection: DatabaseConnection,
  work: (transaction: DrizzleTransaction, client: DatabaseClient) => Promise<T>,
): Promise<T> {
  const { result, transaction } = await connection.transaction(async (db, client) => {
    const begun = new DrizzleTransaction(db);
    return { result: await work(begun, client), transaction: begun };
  });
  await transaction.committed();
  return result;
}

/** All of them, also those after one that fails: what they follow is committed. */
export async function oneAfterTheOther([task, ...others]: readonly (() => Promise<void>)[]): Promise<void> {
  if (!task) return;
  try {
    await task();
  } finally {
    await oneAfterTheOther(others);
  }
}
