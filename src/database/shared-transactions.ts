import { Injectable } from '@nestjs/common';
import { Transaction } from '../common/unit-of-work.js';
import { DatabaseConnection } from './database.js';
import { DrizzleTransaction, runTransaction } from './drizzle-transaction.js';
import type { DatabaseClient } from './postgres-pool.js';

/** A transaction that the application has begun itself. */
export abstract class JoinedTransaction extends Transaction {
  /**
   * To be called once it is committed and the client is released, since what follows may need a connection of the pool: what was to
   * follow (mails, events, word to other instances) does. Never after a rollback.
   * @throws AfterCommitError if something of it failed
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
   * @throws AfterCommitError if it is committed, and something that follows has failed; with anything else nothing was written, unless
   * the connection broke during the commit: then it is not known
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
    return new DrizzleTransaction(this.connection.within(client), this.connection.db);
  }
}
