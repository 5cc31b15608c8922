/** An open transaction of the database. Handed to what must happen together; repositories know what it holds. */
export abstract class Transaction {
  /**
   * Does something once the transaction has committed, and never if it is rolled back: tell others, send something.
   * Tasks run in order, before `UnitOfWork.run` returns.
   */
  abstract afterCommit(task: () => Promise<void>): void;
}

/**
 * What happens together, or not at all. Nothing slow belongs inside (hashing, mail, other servers), and every statement
 * inside must be given the transaction: the embedded database lets the others wait until it ends.
 */
export abstract class UnitOfWork {
  /** Commits when the promise of `work` resolves, else rolls back and rejects with what it threw. */
  abstract run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
}
