import { usesEmbeddedDatabase } from '../config/uses-embedded-database.js';
import { startPgliteWorker } from '../database/start-pglite-worker.js';

// The slowest part of a start begins first, and the rest loads beside it.
const worker = usesEmbeddedDatabase() ? startPgliteWorker() : undefined;
const { run } = await import('./run.js');
await run(worker);
