import { NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres';
import { PgDatabase, type PgDialect } from 'drizzle-orm/pg-core';
import type pg from 'pg';
import type { Database } from './database.js';
import { OWN_TYPES } from './own-types.js';
import { type DatabaseClient, inTransaction, type PostgresPool } from './postgres-pool.js';
import { tracedStatement } from './traced-statement.js';

/** Of tables that are queried by no name. */
type Schema = Record<string, never>;
type OwnTransaction = NodePgTransaction<Schema, Schema>;

/** Drizzle's, on a pool of whichever copy of `pg`: Drizzle itself takes one that it does not know for a single connection. */
class PoolSession extends NodePgSession<Schema, Schema> {
  constructor(
    private readonly pool: PostgresPool,
    private readonly ownDialect: PgDialect,
  ) {
    super(typed(pool) as pg.Client, ownDialect, undefined);
  }

  override transaction<T>(work: (transaction: OwnTransaction) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, (client) => work(transactionOn(client, this.ownDialect)));
  }
}

/** A handle whose statements go to any connection of the pool. */
export function handleOnPool(pool: PostgresPool, dialect: PgDialect): Database {
  return new PgDatabase(dialect, new PoolSession(pool, dialect), undefined);
}

/** A handle of the transaction that a connection is in. */
export function handleWithin(client: DatabaseClient, dialect: PgDialect): Database {
  return transactionOn(client, dialect);
}

function transactionOn(client: DatabaseClient, dialect: PgDialect): OwnTransaction {
  const session = new NodePgSession<Schema, Schema>(typed(client) as pg.Client, dialect, undefined);
  return new NodePgTransaction<Schema, Schema>(dialect, session, undefined);
}

/** The same, with parsers of ours. */
export function typed(client: DatabaseClient): DatabaseClient {
  return {
    query: <Row>(statement: string | pg.QueryConfig, values?: unknown[]) => {
      const query = {
        ...(typeof statement === 'string' ? { text: statement } : statement),
        types: OWN_TYPES,
      };
      return tracedStatement(query.text, () =>
        (client as pg.Client).query<Row & pg.QueryResultRow>(query, values),
      );
    },
  };
}
