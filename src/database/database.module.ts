import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseConfig } from '../config/config.js';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { UnitOfWork } from '../common/unit-of-work.js';
import { DATABASE, DatabaseConnection } from './database.js';
import { DrizzleUnitOfWork } from './drizzle-unit-of-work.js';
import { openMigratedDatabase } from './open-database.js';
import { HandedInDatabase } from './postgres-pool.js';
import { StoragePurge } from './purge/storage-purge.js';
import { StoragePurgeTimer } from './purge/storage-purge-timer.js';
import { SharedTransactions } from './shared-transactions.js';

/** Opens the database, and closes last what it has opened. Replaceable: `DatabaseConnection`, `UnitOfWork`. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  /** @internal */
  constructor(@Inject(DatabaseConnection) private readonly connection: DatabaseConnection) {}

  /**
   * The database.
   * @param options may hand in a database (`{ provide: HandedInDatabase, useFactory }`), and replace `UnitOfWork`, and
   * `DatabaseConnection`, which must be migrated and is closed with the application
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: DatabaseModule,
      imports: withImports([], options),
      global: true,
      providers: withOverrides(
        [
          {
            provide: DatabaseConnection,
            inject: [DatabaseConfig, { token: HandedInDatabase, optional: true }],
            useFactory: (config: DatabaseConfig, handedIn?: HandedInDatabase) =>
              openMigratedDatabase(config, handedIn),
          },
          {
            provide: DATABASE,
            inject: [DatabaseConnection],
            useFactory: ({ db }: DatabaseConnection) => db,
          },
          { provide: UnitOfWork, useClass: DrizzleUnitOfWork },
          SharedTransactions,
          StoragePurge,
          StoragePurgeTimer,
        ],
        options,
      ),
      exports: [DATABASE, DatabaseConnection, UnitOfWork, SharedTransactions, StoragePurge],
    };
  }

  /** Called by Nest. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
