import { Transaction, UnitOfWork } from '../../src/common/unit-of-work.js';

class NoTransaction extends Transaction {
  readonly tasks: (() => Promise<void>)[] = [];

  afterCommit(task: () => Promise<void>): void {
    this.tasks.push(task);
  }
}

/** Each statement by itself: for stores without transactions, and for tests that order single statements. */
export class NoTransactions extends UnitOfWork {
  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction = new NoTransaction();
    const result = await work(transaction);
    for (const task of transaction.tasks) await task();
    return result;
  }
}
