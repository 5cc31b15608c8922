import { Injectable } from '@nestjs/common';
import { Transaction } from '../common/unit-of-work.js';
import { DatabaseConnection } from './database.js';
import { DrizzleTransaction, runTransaction } from './drizzle-transaction.js';
import type { DatabaseClient } from './postgres-pool.js';

/** A transaction that the application has begun itself. */
export abstract class JoinedTransaction extends Transaction {
  /**
   * To be called once it is committed and the client is released, since what follows may need a connection of the pool: what was to follow (mails, events, word to other instances) does. Never after a rollback.
   * @throws unknown what the first of it that failed has thrown
   */
  abstract committed(): Promise<void>;
}

/** Transactions in which Latchkey and the application write: both, or neither. */
@Injectable()
export class SharedTransactions {
  constructor(private readonly connection: DatabaseConnection) {}

  /**
   * Begins one. Commits when the promise of `work` resolves, else rolls back and rejects with what it threw.
   * @param work is given what Latchkey's methods take as their `transaction`, and the client that the transaction is on: one of the
   * pool, for statements of the application's own
   * @throws Error if it could not be committed, since a statement had failed; or what a task that follows the commit has thrown:
   *   then all is committed
   */
  async run<T>(work: (transaction: Transaction, client: DatabaseClient) => Promise<T>): Promise<T> {
    return runTransaction(this.connection, work);
  }

  /**
   * Lets Latchkey write in one that the application has begun, and ends, itself.
   * @param client a `Client` or `PoolClient` of `pg` on the same database, between its `begin` and its `commit`
   * @throws Error on the embedded database, which has no other clients
   */
  join(client: DatabaseClient): JoinedTransaction {
    return new DrizzleTransaction(this.connection.within(client));
  }
}
