import 'reflect-metadata';
import type { Abstract, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { packageVersion } from '../common/package-version.js';
import type { LatchkeyConfig } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import { terminalWidth } from '../config/terminal-width.js';
import { DatabaseConnection } from '../database/database.js';
import { openDatabase, openMigratedDatabase } from '../database/open-database.js';
import { StoragePurgeTimer } from '../database/purge/storage-purge-timer.js';
import { LatchkeyModule } from '../latchkey.module.js';
import { linesOfFailure } from '../start/explain-start-failure.js';
import { SigningKeyRotationTimer } from '../tokens/keys/signing-key-rotation-timer.js';
import { COMMANDS, GROUPS } from './commands/commands.js';
import type { CommandContext } from './framework/command.js';
import { runCommandLine } from './framework/run-command-line.js';
import { StderrLogger } from './framework/stderr-logger.js';
import { standardTerminal } from './framework/terminal.js';

/** Of this process. */
class OpenedContext implements CommandContext {
  private connection: Promise<DatabaseConnection> | undefined;
  private application: Promise<INestApplicationContext> | undefined;
  private loaded: LatchkeyConfig | undefined;

  async service<T>(type: Abstract<T>): Promise<T> {
    this.application ??= this.compose();
    return (await this.application).get<T>(type);
  }

  async database(): Promise<DatabaseConnection> {
    this.connection ??= openMigratedDatabase(this.config.database);
    return this.connection;
  }

  async unmigratedDatabase(): Promise<DatabaseConnection> {
    this.connection ??= openDatabase(this.config.database);
    return this.connection;
  }

  async close(): Promise<void> {
    // What could not be opened has been told.
    const application = await this.application?.catch(() => undefined);
    const connection = await this.connection?.catch(() => undefined);
    await (application ?? connection)?.close();
  }

  get config(): LatchkeyConfig {
    this.loaded ??= loadConfig();
    return this.loaded;
  }

  private async compose(): Promise<INestApplicationContext> {
    const { config } = this;
    // Before Nest starts, which would report its failure in its own way.
    const database = await this.database();
    // An operator's command does what it says, and nothing beside.
    const providers = [
      { provide: DatabaseConnection, useValue: database },
      ...[SigningKeyRotationTimer, StoragePurgeTimer].map((timer) => ({ provide: timer, useValue: null })),
    ];
    return NestFactory.createApplicationContext(
      LatchkeyModule.forRoot({ config, providers, initialAdmin: false }),
      { logger: new StderrLogger(), abortOnError: false },
    );
  }
}

const context = new OpenedContext();
const { stdout, stderr, exitCode, unfinished } = await runCommandLine(process.argv.slice(2), {
  catalogue: {
    description: 'What operators do: accounts, sessions, keys and the storage of a Latchkey server.',
    version: packageVersion(),
    commands: COMMANDS,
    groups: GROUPS,
  },
  context,
  get terminal() {
    return standardTerminal();
  },
  columns: terminalWidth(process.stdout),
  explain: linesOfFailure,
});
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = 1;
});
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
// Both are written by then: to a file, a terminal or a pipe Node writes at once.
if (unfinished) process.exit();
