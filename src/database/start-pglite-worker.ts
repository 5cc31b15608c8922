import { Worker } from 'node:worker_threads';

const WORKER = new URL('pglite-worker.js', import.meta.url);

/** A thread that loads PGlite, and then waits to be told which directory to open. Does not keep the process. */
export function startPgliteWorker(): Worker {
  // Not with the flags of this process: `--input-type`, of code given by `--eval`, would end it.
  const worker = new Worker(WORKER, { name: 'pglite', execArgv: [] });
  worker.unref();
  return worker;
}
