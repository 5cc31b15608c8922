import type { Worker } from 'node:worker_threads';
import type { Results } from '@electric-sql/pglite';
import type { Reply, RowMode, Settings, Task } from './pglite-worker.js';
import { startPgliteWorker } from './start-pglite-worker.js';
import { tracedStatement } from './traced-statement.js';

/** PGlite closes in some 50 ms, unless a long statement has its thread. */
const CLOSE_TIMEOUT = 1_500;

/** The embedded database could not be opened, has died, or is closed. */
export class EmbeddedDatabaseError extends Error {
  constructor(directory: string, cause?: Error) {
    const reason = cause ? `: ${cause.message}` : '';
    super(`The embedded database has stopped (${directory})${reason}`, { cause });
    this.name = 'EmbeddedDatabaseError';
  }
}

interface Call {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

interface QueryOptions {
  readonly rowMode?: RowMode;
}

type Query = <Row>(sql: string, params?: unknown[], options?: QueryOptions) => Promise<Results<Row>>;

/**
 * PGlite in a worker thread: its statements would block the event loop of the thread that it runs in. Has of PGlite's
 * methods those that Drizzle calls, and ignores the parsers it passes (see the worker).
 */
export class PgliteThread {
  /** @throws Error with PostgreSQL's `code`, `constraint` etc.; EmbeddedDatabaseError if the thread has died */
  readonly query = this.queryIn();
  private readonly calls = new Map<number, Call>();
  private lastId = 0;
  private stopped: EmbeddedDatabaseError | undefined;
  private closed: Promise<void> | undefined;

  /**
   * Begins to open the directory; the first statement waits for that.
   * @param worker started already, to save the time that takes
   */
  constructor(
    private readonly settings: Settings,
    private readonly worker: Worker = startPgliteWorker(),
  ) {
    this.worker.on('message', (reply: Reply) => this.settle(reply));
    this.worker.on('error', (error) => this.stop(error));
    this.worker.on('exit', () => this.stop());
    this.call({ kind: 'open', settings }).catch((error: unknown) => this.stop(error as Error));
  }

  /** Commits when the callback's promise resolves, else rolls back. Statements outside wait until then. */
  async transaction<T>(callback: (transaction: { query: Query }) => Promise<T>): Promise<T> {
    const transaction = (await tracedStatement('begin', () => this.call({ kind: 'begin' }))) as number;
    let result: T;
    try {
      result = await callback({ query: this.queryIn(transaction) });
    } catch (error) {
      // What the callback threw tells more than a rollback that fails; that one fails with the whole database.
      await this.end('rollback', transaction).catch(() => undefined);
      throw error;
    }
    await this.end('commit', transaction);
    return result;
  }

  /** Closes PGlite (a checkpoint) and ends the thread, by force if it does not answer. Never rejects. */
  close(): Promise<void> {
    this.closed ??= this.stopThread();
    return this.closed;
  }

  private async end(how: 'commit' | 'rollback', transaction: number): Promise<void> {
    await tracedStatement(how, () => this.call({ kind: 'end', transaction, commit: how === 'commit' }));
  }

  private async stopThread(): Promise<void> {
    const timeout = setTimeout(() => void this.worker.terminate(), CLOSE_TIMEOUT);
    const closing = this.call({ kind: 'close' }).catch(() => undefined);
    // No more calls.
    this.stopped ??= new EmbeddedDatabaseError(this.settings.directory);
    await closing;
    clearTimeout(timeout);
    await this.worker.terminate();
  }

  private queryIn(transaction?: number): Query {
    return async <Row>(sql: string, params: unknown[] = [], { rowMode = 'object' }: QueryOptions = {}) =>
      (await tracedStatement(sql, () =>
        this.call({ kind: 'query', sql, params, rowMode, transaction }),
      )) as Results<Row>;
  }

  private call(task: Task): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.stopped) throw this.stopped;
      const id = (this.lastId += 1);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.worker.postMessage({ id, task });
      if (this.calls.size === 0) this.worker.ref();
      this.calls.set(id, { resolve, reject });
    });
  }

  private settle({ id, result, error }: Reply): void {
    const call = this.calls.get(id);
    this.calls.delete(id);
    if (this.calls.size === 0) this.worker.unref();
    if (error) call?.reject(Object.assign(new Error(error.message), error));
    else call?.resolve(result);
  }

  private stop(cause?: Error): void {
    this.stopped ??= new EmbeddedDatabaseError(this.settings.directory, cause);
    for (const { reject } of this.calls.values()) reject(this.stopped);
    this.calls.clear();
  }
}
