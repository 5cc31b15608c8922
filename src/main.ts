#!/usr/bin/env node
import 'reflect-metadata';
import { loadConfig } from './config/load-config.js';
import { openMigratedDatabase } from './database/open-database.js';
import { reservePort } from './http/free-port.js';
import { announceFirstStart } from './start/announce-first-start.js';
import { explainStartFailure } from './start/explain-start-failure.js';

try {
  let config = loadConfig();
  const reserved = await reservePort(config.http.host, config.http.port);
  if (config.http.port === 0) config = loadConfig(undefined, reserved.port);
  announceFirstStart(config);

  // Opens while the application's modules load. A failure of either is told at once.
  const database = openMigratedDatabase(config.database);
  const serving = import('./start/serve.js').then(({ serve }) => serve(config, database, reserved));
  await Promise.all([database, serving]);
} catch (error) {
  explainStartFailure(error);
  process.exit(1);
}
