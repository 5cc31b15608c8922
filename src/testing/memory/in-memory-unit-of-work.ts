import { doAfterCommit } from '../../common/after-commit.js';
import { Transaction, UnitOfWork } from '../../common/unit-of-work.js';

/** Knows how to take back what was done within it. */
export class InMemoryTransaction extends Transaction {
  readonly tasks: (() => Promise<void>)[] = [];
  private readonly undoing: (() => void)[] = [];

  afterCommit(task: () => Promise<void>): void {
    this.tasks.push(task);
  }

  /** What takes a step back, should the transaction fail. */
  onRollback(undo: () => void): void {
    this.undoing.push(undo);
  }

  rollBack(): void {
    for (const undo of this.undoing.toReversed()) undo();
  }
}

/**
 * Transactions over what is in memory: one after the other, and taken back if they fail. What is outside of any sees their
 * steps before they are done.
 */
export class InMemoryUnitOfWork extends UnitOfWork {
  private last: Promise<unknown> = Promise.resolve();

  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction = new InMemoryTransaction();
    const done = this.last.then(() => this.attempt(work, transaction));
    this.last = done.catch(() => undefined);
    return doAfterCommit(transaction.tasks, await done);
  }

  private async attempt<T>(
    work: (transaction: Transaction) => Promise<T>,
    transaction: InMemoryTransaction,
  ): Promise<T> {
    try {
      return await work(transaction);
    } catch (error) {
      transaction.rollBack();
      throw error;
    }
  }
}
