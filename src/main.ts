#!/usr/bin/env node
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { InitialAdminService } from './admin/initial-admin.service.js';
import { PinoLogger } from './common/pino-logger.js';
import { loadConfig } from './config/load-config.js';
import { createApplication } from './create-application.js';
import { reserveFreePort } from './http/free-port.js';
import { announceFirstStart, announceReady } from './start/announcements.js';
import { closeOnSignals } from './start/close-on-signals.js';
import { explainStartFailure } from './start/explain-start-failure.js';

try {
  let config = loadConfig();
  const reserved = config.http.port === 0 ? await reserveFreePort(config.http.host) : undefined;
  if (reserved) config = loadConfig(undefined, reserved.port);

  const logger = new PinoLogger({ level: config.app.logLevel, json: config.app.production });
  Logger.overrideLogger(logger);
  announceFirstStart(config);

  const app = await createApplication(config, { logger });
  closeOnSignals(app);
  await app.init();
  const admin = await app.get(InitialAdminService).ensure();
  await reserved?.release();
  await app.listen(config.http.port, config.http.host);
  announceReady(config, admin);
} catch (error) {
  explainStartFailure(error);
  process.exit(1);
}
