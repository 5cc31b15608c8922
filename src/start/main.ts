import { usesEmbeddedDatabase } from '../config/uses-embedded-database.js';
import { startPgliteWorker } from '../database/start-pglite-worker.js';
import { endOnSignals } from './end-on-signals.js';
import { prepareEmbeddedDatabase } from './prepare-embedded-database.js';

endOnSignals();

// The slowest part of a start begins first, and the rest loads beside it.
let worker: ReturnType<typeof startPgliteWorker> | undefined;
if (usesEmbeddedDatabase()) {
  prepareEmbeddedDatabase();
  worker = startPgliteWorker();
}
const { run } = await import('./run.js');
await run(worker);
