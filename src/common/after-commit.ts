import { Logger } from './nest.js';
import { logEntry } from './log-entry.js';
import { reasonOf } from './errors/without-parameters.js';

/**
 * A transaction is committed, and something that was to follow its commit has failed: what was written stays, and is not to be
 * written again. Its cause is what failed first.
 */
export class AfterCommitError extends Error {
  /**
   * @param cause what failed first
   * @param result what the work in the transaction gave
   */
  constructor(
    cause: unknown,
    readonly result?: unknown,
  ) {
    super('The transaction is committed, and what was to follow it has failed.', { cause });
    this.name = 'AfterCommitError';
  }
}

/**
 * Does what follows a commit, in order; all of it, also what comes after something that fails.
 * @param result what the work in the transaction gave
 * @throws AfterCommitError if something failed, once all of it was tried; what failed besides the first is told in the log
 */
export async function doAfterCommit<T>(tasks: Iterable<() => Promise<void>>, result: T): Promise<T> {
  const failures: unknown[] = [];
  for (const task of tasks) {
    try {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order
      await task();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 0) return result;
  const [first, ...others] = failures;
  for (const error of others)
    new Logger('Transactions').error(logEntry(`What was to follow a commit has failed: ${reasonOf(error)}`));
  throw new AfterCommitError(first, result);
}
