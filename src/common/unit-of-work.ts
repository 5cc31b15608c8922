/** An open transaction of the database. Handed to what must happen together; repositories know what it holds. */
export abstract class Transaction {
  /**
   * Does something once the transaction has committed, and never if it is rolled back: tell others, send something.
   * Tasks run in order, before `UnitOfWork.run` returns, also those after one that fails; what failed first is the cause of an
   * `AfterCommitError` then.
   */
  abstract afterCommit(task: () => Promise<void>): void;
}

/** Something that is still to be written. */
export interface Write<T = unknown> {
  /** Writes it as one step of a transaction. */
  within(transaction: Transaction): Promise<T>;
}

/** What each of several writes gave. */
export type Written<Writes extends readonly Write[]> = {
  -readonly [Place in keyof Writes]: Writes[Place] extends Write<infer T> ? T : never;
};

/**
 * What happens together, or not at all. Nothing slow belongs inside (hashing, mail, other servers), and every statement
 * inside must be given the transaction: the embedded database lets the others wait until it ends.
 */
export abstract class UnitOfWork {
  /**
   * Commits when the promise of `work` resolves, else rolls back and rejects with what it threw.
   * @throws AfterCommitError if it is committed, and something that was to follow has failed
   */
  abstract run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;

  /** Writes all of it, or nothing. Where each write can be part of one statement, it is one; none may need another's row. */
  async write<const Writes extends readonly Write[]>(writes: Writes): Promise<Written<Writes>> {
    return this.run((transaction) => oneAfterTheOther(writes, transaction));
  }

  /**
   * The same, provided that `condition` finds something, which stays so until it is written.
   * @returns what was found, and what the writes gave; undefined if it found nothing: then nothing is written
   */
  async writeIf<Found, const Writes extends readonly Write[]>(
    condition: Write<Found | undefined>,
    writes: Writes,
  ): Promise<{ readonly found: Found; readonly written: Written<Writes> } | undefined> {
    return this.run(async (transaction) => {
      const found = await condition.within(transaction);
      if (found === undefined) return undefined;
      return { found, written: await oneAfterTheOther(writes, transaction) };
    });
  }
}

async function oneAfterTheOther<Writes extends readonly Write[]>(
  writes: Writes,
  transaction: Transaction,
): Promise<Written<Writes>> {
  const written: unknown[] = [];
  // oxlint-disable-next-line eslint/no-await-in-loop -- in order
  for (const write of writes) written.push(await write.within(transaction));
  return written as Written<Writes>;
}
