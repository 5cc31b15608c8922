import { Injectable } from '@nestjs/common';
import { doAfterCommit } from '../common/after-commit.js';
import { type Transaction, UnitOfWork, type Write, type Written } from '../common/unit-of-work.js';
import { type Database, DatabaseConnection } from './database.js';
import { DrizzleTransaction, runTransaction } from './drizzle-transaction.js';
import { JoinedStatements } from './joined-statements.js';
import { SqlWrite } from './sql-write.js';

/** Transactions of the one database. What can be one statement needs none. */
@Injectable()
export class DrizzleUnitOfWork extends UnitOfWork {
  private readonly joined: JoinedStatements;

  constructor(private readonly connection: DatabaseConnection) {
    super();
    this.joined = new JoinedStatements(connection);
  }

  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return runTransaction(this.connection, work);
  }

  override async write<const Writes extends readonly Write[]>(writes: Writes): Promise<Written<Writes>> {
    if (!areSql(writes)) return super.write(writes);
    const written = (await this.writeAtOnce(writes, false)) as Written<Writes>;
    return doAfterCommit(tasksOf(writes), written);
  }

  override async writeIf<Found, const Writes extends readonly Write[]>(
    condition: Write<Found | undefined>,
    writes: Writes,
  ): Promise<{ readonly found: Found; readonly written: Written<Writes> } | undefined> {
    const all = [condition, ...writes];
    if (!areSql(all)) return super.writeIf(condition, writes);
    const [found, ...written] = await this.writeAtOnce(all, true);
    if (found === undefined) return undefined;
    return doAfterCommit(tasksOf(all), { found: found as Found, written: written as Written<Writes> });
  }

  private async writeAtOnce(writes: readonly SqlWrite<unknown>[], conditional: boolean): Promise<unknown[]> {
    const parts = writes.flatMap((write) => write.parts);
    try {
      const rows = await this.joined.execute(parts, conditional);
      return writes.map(({ parts: [first], options }) => options.parse(rows[parts.indexOf(first)] ?? []));
    } catch (error) {
      throw writes.map(({ options }) => options.refusal?.(error)).find(Boolean) ?? error;
    }
  }
}

/**
 * The handle for a repository's statement: the transaction's, if there is one. Without transactions, as another `UnitOfWork` may
 * have it, each statement is by itself.
 * @throws Error for a transaction of another database
 */
export function handleOf(db: Database, transaction: Transaction | undefined): Database {
  if (!(transaction instanceof DrizzleTransaction)) return db;
  if (transaction.outside !== db) throw new Error('The transaction is one of another database.');
  return transaction.db;
}

function areSql(writes: readonly Write[]): writes is readonly SqlWrite<unknown>[] {
  return writes.every((write) => write instanceof SqlWrite);
}

function tasksOf(writes: readonly SqlWrite<unknown>[]): (() => Promise<void>)[] {
  return writes.map(
    ({ options }) =>
      async () =>
        options.afterCommit?.(),
  );
}
