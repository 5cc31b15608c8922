import 'reflect-metadata';
import type { Worker } from 'node:worker_threads';
import { loadConfig } from '../config/load-config.js';
import { migrateOrClose, openDatabase } from '../database/open-database.js';
import { reservePort } from '../http/free-port.js';
import { announceFirstStart } from './announce-first-start.js';
import { explainStartFailure } from './explain-start-failure.js';

/**
 * Starts the server, or says why it cannot and ends the process.
 * @param worker for the embedded database, started ahead
 */
export async function run(worker: Worker | undefined): Promise<void> {
  try {
    let config = loadConfig();
    const reserved = await reservePort(config.http.host, config.http.port);
    if (config.http.port === 0) config = loadConfig(undefined, reserved.port);
    announceFirstStart(config);

    // Opens while the application is loaded and composed. A failure of either is told at once.
    const database = openDatabase(config.database, worker);
    const migrated = database.then(migrateOrClose);
    const serving = import('./serve.js').then(({ serve }) => serve(config, database, migrated, reserved));
    await Promise.all([migrated, serving]);
  } catch (error) {
    explainStartFailure(error);
    process.exit(1);
  }
}
