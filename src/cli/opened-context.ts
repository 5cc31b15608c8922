import type { Abstract, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LatchkeyConfig } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import type { EnvironmentSource } from '../config/read-settings.js';
import { DatabaseConnection } from '../database/database.js';
import { openDatabase, openMigratedDatabase } from '../database/open-database.js';
import { StoragePurgeTimer } from '../database/purge/storage-purge-timer.js';
import { LatchkeyModule } from '../latchkey.module.js';
import { FixedClients } from '../oauth/clients/fixed-clients.js';
import { ClientRegistrationModule } from '../oauth/registration/client-registration.module.js';
import { SigningKeyRotationTimer } from '../tokens/keys/signing-key-rotation-timer.js';
import type { CommandContext } from './framework/command.js';
import { StderrLogger } from './framework/stderr-logger.js';

/** What one command opens, by the settings of an environment. */
export class OpenedContext implements CommandContext {
  private connection: Promise<DatabaseConnection> | undefined;
  private application: Promise<INestApplicationContext> | undefined;
  private loaded: LatchkeyConfig | undefined;

  /** @param source the environment; by default that of the process */
  constructor(private readonly source?: EnvironmentSource) {}

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
    this.loaded ??= loadConfig(this.source);
    return this.loaded;
  }

  private async compose(): Promise<INestApplicationContext> {
    const { config } = this;
    // Before Nest starts, which would report its failure in its own way.
    const database = await this.database();
    // An operator's command does what it says, and nothing beside.
    const providers = [
      { provide: DatabaseConnection, useValue: database },
      ...[SigningKeyRotationTimer, StoragePurgeTimer, FixedClients].map((each) => ({
        provide: each,
        useValue: null,
      })),
    ];
    const latchkey = LatchkeyModule.forRoot({ config, providers, initialAdmin: false });
    const imports = [...(latchkey.imports ?? []), ClientRegistrationModule];
    return NestFactory.createApplicationContext(
      { ...latchkey, imports },
      { logger: new StderrLogger(), abortOnError: false },
    );
  }
}
