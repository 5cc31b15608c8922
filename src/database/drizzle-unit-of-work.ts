import { Injectable } from '@nestjs/common';
import { Transaction, UnitOfWork } from '../common/unit-of-work.js';
import { type Database, InjectDatabase } from './database.js';

class DrizzleTransaction extends Transaction {
  readonly tasks: (() => Promise<void>)[] = [];

  constructor(readonly db: Database) {
    super();
  }

  afterCommit(task: () => Promise<void>): void {
    this.tasks.push(task);
  }
}

/** Transactions of the one database. */
@Injectable()
export class DrizzleUnitOfWork extends UnitOfWork {
  constructor(@InjectDatabase() private readonly db: Database) {
    super();
  }

  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    let tasks: readonly (() => Promise<void>)[] = [];
    const result = await this.db.transaction(async (db) => {
      const transaction = new DrizzleTransaction(db);
      const done = await work(transaction);
      ({ tasks } = transaction);
      return done;
    });
    // oxlint-disable-next-line eslint/no-await-in-loop -- in order
    for (const task of tasks) await task();
    return result;
  }
}

/** The handle for a repository's statement: the transaction's, if there is one. */
export function handleOf(db: Database, transaction: Transaction | undefined): Database {
  return transaction instanceof DrizzleTransaction ? transaction.db : db;
}
