import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import { loadConfig } from '../config/load-config.js';
import { DatabaseConnection } from '../database/database.js';
import { openMigratedDatabase } from '../database/open-database.js';
import { StoragePurgeTimer } from '../database/purge/storage-purge-timer.js';
import { LatchkeyModule } from '../latchkey.module.js';
import { explainStartFailure } from '../start/explain-start-failure.js';
import { SigningKeyRotationTimer } from '../tokens/keys/signing-key-rotation-timer.js';
import type { Command } from './command.js';
import { COMMANDS, usage } from './commands.js';

const [noun = '', verb = '', ...args] = process.argv.slice(2);
const command = COMMANDS.find(({ name }) => name === `${noun} ${verb}`);
const complete = command?.accepts?.(args) ?? (command?.arguments ?? []).length === args.length;

if (!command || !complete) {
  process.stderr.write(usage());
  process.exitCode = 2;
} else {
  try {
    process.stdout.write(`${await answerOf(command)}\n`);
  } catch (error) {
    if (error instanceof LatchkeyError) process.stderr.write(`${error.message}\n`);
    else explainStartFailure(error);
    process.exitCode = 1;
  }
}

async function answerOf(wanted: Command): Promise<string> {
  const config = loadConfig();
  // Before Nest starts, which would report its failure in its own way.
  const database = await openMigratedDatabase(config.database);
  if ('onceMigrated' in wanted) {
    await database.close();
    return wanted.onceMigrated;
  }
  // An operator's command does what it says, and nothing beside.
  const providers = [
    { provide: DatabaseConnection, useValue: database },
    ...[SigningKeyRotationTimer, StoragePurgeTimer].map((timer) => ({ provide: timer, useValue: null })),
  ];
  const app = await NestFactory.createApplicationContext(
    LatchkeyModule.forRoot({ config, providers, initialAdmin: false }),
    { logger: ['error', 'warn'], abortOnError: false },
  );
  try {
    return await wanted.run(app, ...args);
  } finally {
    await app.close();
  }
}
