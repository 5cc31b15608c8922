import { tracedStatement } from './traced-statement.js';

/** What runs statements: a pool of `pg`, or one of its clients. */
export interface DatabaseClient {
  /** Runs one statement, whose values are `$1`, `$2` … */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the caller knows of the rows
  query<Row = unknown>(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** A client that a pool has lent. */
export interface PostgresPoolClient extends DatabaseClient {
  /** Gives it back; with an error, or `true`, the pool closes it. */
  release(broken?: Error | boolean): void;
  /** Hears of a connection that breaks; unheard, that would end the process. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Ends that. */
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** What Latchkey needs of a `Pool` of `pg`, of whichever copy and version from 8 on. */
export interface PostgresPool extends DatabaseClient {
  /** Lends a client. */
  connect(): Promise<PostgresPoolClient>;
  /** What it makes its clients with. */
  readonly options: object;
}

/** How the connections of a pool are used. */
export interface PoolUse {
  readonly inUse: number;
  readonly idle: number;
  /** Statements and transactions that wait for a connection. */
  readonly waiting: number;
  /** How many connections there may be. */
  readonly max: number;
}

/** A database that the application has, for Latchkey to keep its tables in, too. */
export abstract class HandedInDatabase {
  /**
   * A `Pool` of `pg`. It stays the application's: Latchkey closes nothing of it, and leaves no setting on its connections, only prepared
   * statements. One connection more, for `LISTEN`, is opened as the pool opens its own, and closed with the application.
   */
  abstract readonly pool: PostgresPool;
  /**
   * Whether migrations that are missing are applied, in the schema of `databaseSchema`, when the application starts. `false`: it
   * does not start without them. Default: `true`.
   */
  readonly migrate?: boolean | undefined;
}

/**
 * Begins a transaction as Latchkey's statements need it, whatever the role, the database or the connection has as its default: each
 * statement sees what was committed before it, and none is refused for what others commit at the same time. Whether it may write is
 * left to the server: `default_transaction_read_only` is how an operator says that another one is the primary now.
 */
export const BEGIN = 'begin isolation level read committed';
const COMMIT = 'commit';
const ROLLBACK = 'rollback';

/**
 * Commits when the promise of `work` resolves, else rolls back.
 * @throws Error if the server rolled back in place of a commit, since a statement had failed whose error was caught
 */
export async function inTransaction<T>(
  pool: PostgresPool,
  work: (client: DatabaseClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const breaks = (error: Error): void => void (broken = error);
  client.on('error', breaks);
  try {
    await tracedStatement(BEGIN, () => client.query(BEGIN));
    const result = await work(client);
    const committed = await tracedStatement(COMMIT, () => client.query(COMMIT));
    if (commandOf(committed) === 'ROLLBACK') throw new NotCommittedError();
    return result;
  } catch (error) {
    await tracedStatement(ROLLBACK, () => client.query(ROLLBACK)).catch(breaks);
    throw error;
  } finally {
    client.off('error', breaks);
    client.release(broken);
  }
}

interface Counted {
  readonly totalCount?: unknown;
  readonly idleCount?: unknown;
  readonly waitingCount?: unknown;
}

/** @returns undefined if the pool does not say so as those of `pg` do */
export function poolUseOf(pool: PostgresPool): PoolUse | undefined {
  const { totalCount, idleCount, waitingCount }: PostgresPool & Counted = pool;
  if (typeof totalCount !== 'number' || typeof idleCount !== 'number' || typeof waitingCount !== 'number')
    return undefined;
  const { max } = pool.options as { readonly max?: unknown };
  const limit = typeof max === 'number' ? max : totalCount;
  return { inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount, max: limit };
}

/** As PostgreSQL answers a commit where a statement before it failed. */
class NotCommittedError extends Error {
  constructor() {
    super('The transaction was rolled back: a statement in it failed.');
    this.name = 'NotCommittedError';
  }
}

function commandOf(result: object): unknown {
  return 'command' in result ? result.command : undefined;
}
