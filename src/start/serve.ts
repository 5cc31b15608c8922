import { type INestApplication, Logger } from '@nestjs/common';
import { InitialAdminFile } from '../admin/initial-admin-file.js';
import { InitialAdminService } from '../admin/initial-admin.service.js';
import { removeUsedPassword } from '../admin/remove-used-password.js';
import { PinoLogger } from '../common/pino-logger.js';
import { emptySettings } from '../config/empty-settings.js';
import { doubtfulSettings } from '../config/doubtful-settings.js';
import { misspellings } from '../config/misspelled-settings.js';
import type { LatchkeyConfig } from '../config/config.js';
import { createApplication } from '../create-application.js';
import { DatabaseConnection } from '../database/database.js';
import { OtherProcesses } from '../metrics/other-processes.js';
import { Mailer } from '../mail/transport/mailer.js';
import { portProblem, type ReservedPort } from '../http/free-port.js';
import { checkClock } from './check-clock.js';
import { checkMailServer } from './check-mail-server.js';
import { announceReady } from './announcements.js';
import { closeOnSignals } from './close-on-signals.js';
import { reloadOnHangup } from './reload-on-hangup.js';
import { isFirstProcess, isWorker } from './role-of-process.js';
import { startTracing } from './start-tracing.js';
import { OtherWorkers } from './worker-metrics.js';

/** Starts the server and says so. Loads the whole application: what has to happen before imports it late. */
export async function serve(
  config: LatchkeyConfig,
  database: Promise<DatabaseConnection>,
  migrated: Promise<void>,
  reserved: ReservedPort,
): Promise<void> {
  const logger = await PinoLogger.create({ level: config.app.logLevel, json: config.app.production });
  Logger.overrideLogger(logger);

  const hints = isFirstProcess() ? [...misspellings(), ...emptySettings(), ...doubtfulSettings(config)] : [];
  for (const hint of hints) logger.warn(hint, 'Settings');

  const stopTracing = await startTracing();
  const app = await createApplication(config, {
    logger,
    providers: [
      { provide: DatabaseConnection, useFactory: () => database },
      ...(isWorker() ? [{ provide: OtherProcesses, useClass: OtherWorkers }] : []),
    ],
  });
  // Making the modules asks nothing of the database; their hooks, below, do.
  await migrated;
  const isClosing = closeOnSignals(app, config.http.shutdownDelay, stopTracing);
  reloadOnHangup(app, config);
  try {
    await open(app, config, reserved);
  } catch (error) {
    // What a signal has interrupted is no failure of the start.
    if (!isClosing()) throw error;
  }
}

async function open(app: INestApplication, config: LatchkeyConfig, reserved: ReservedPort): Promise<void> {
  await app.init();
  const adminFile = config.app.production ? new InitialAdminFile(config.app.dataDir) : undefined;
  const admin = await app.get(InitialAdminService).ensure(adminFile);
  if (adminFile) removeUsedPassword(adminFile, app.get(InitialAdminService));
  await reserved.release();
  await app.listen(config.http.port, config.http.host).catch((error: unknown) => {
    throw portProblem(error);
  });
  // One that stands in for another speaks only of what has to be known.
  if (isFirstProcess() || admin) announceReady(config, admin, adminFile?.path);
  void checkClock(app.get(DatabaseConnection));
  void checkMailServer(app.get(Mailer));
}
