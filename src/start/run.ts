import 'reflect-metadata';
import type { Worker } from 'node:worker_threads';
import type { HttpConfig } from '../config/config.js';
import { misspellings } from '../config/misspelled-settings.js';
import { loadConfig } from '../config/load-config.js';
import { migrateOrClose, openDatabase } from '../database/open-database.js';
import { type ReservedPort, reservePort } from '../http/free-port.js';
import { announceFirstStart } from './announce-first-start.js';
import { explainStartFailure } from './explain-start-failure.js';
import { isWorker, startsWorkers } from './role-of-process.js';

/** Longer than it takes to find out that there is no database. Milliseconds. */
const WAITS_IN_SILENCE = 8_000;

/**
 * Starts the server, or says why it cannot and ends the process.
 * @param worker for the embedded database, started ahead
 */
export async function run(worker: Worker | undefined): Promise<void> {
  try {
    let config = loadConfig();
    if (startsWorkers(config.app)) {
      const { runWorkers } = await import('./workers.js');
      await runWorkers(config);
      return;
    }
    const reserved = await portOf(config.http);
    if (config.http.port === 0) config = loadConfig(undefined, reserved.port);
    announceFirstStart(config);

    // Opens while the application is loaded and composed. A failure of either is told at once.
    const database = openDatabase(config.database, worker);
    const migrating = database.then(migrateOrClose);
    const migrated = config.database.url === undefined ? migrating : sayingThatItWaits(migrating);
    const serving = import('./serve.js').then(({ serve }) => serve(config, database, migrated, reserved));
    await Promise.all([migrated, serving]);
  } catch (error) {
    explainStartFailure(error);
    // It may be why.
    for (const hint of misspellings()) process.stderr.write(`${hint}\n`);
    process.exit(1);
  }
}

/** The port of several workers is held by the process that started them. */
async function portOf({ host, port }: HttpConfig): Promise<ReservedPort> {
  if (isWorker()) return { port, release: () => Promise.resolve() };
  return reservePort(host, port);
}

/** Another instance may be at its migrations, or something holds a lock: there is no limit, but it is said. */
async function sayingThatItWaits(migrated: Promise<void>): Promise<void> {
  const timer = setTimeout(
    () => process.stderr.write('Waiting for the database, or for the migrations of another instance …\n'),
    WAITS_IN_SILENCE,
  );
  await migrated.finally(() => clearTimeout(timer));
}
