import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseConfig } from '../config/config.js';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { UnitOfWork } from '../common/unit-of-work.js';
import { DATABASE, DatabaseConnection } from './database.js';
import { DrizzleUnitOfWork } from './drizzle-unit-of-work.js';
import { openMigratedDatabase } from './open-database.js';
import { StoragePurge } from './purge/storage-purge.js';
import { StoragePurgeTimer } from './purge/storage-purge-timer.js';

/** Opens the database, and closes it last. Replaceable: `DatabaseConnection`, `UnitOfWork`. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  /** @internal */
  constructor(@Inject(DatabaseConnection) private readonly connection: DatabaseConnection) {}

  /**
   * The database.
   * @param options may replace `UnitOfWork`, and `DatabaseConnection`, which must be migrated and is closed with the application
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
            inject: [DatabaseConfig],
            useFactory: (config: DatabaseConfig) => openMigratedDatabase(config),
          },
          {
            provide: DATABASE,
            inject: [DatabaseConnection],
            useFactory: ({ db }: DatabaseConnection) => db,
          },
          { provide: UnitOfWork, useClass: DrizzleUnitOfWork },
          StoragePurge,
          StoragePurgeTimer,
        ],
        options,
      ),
      exports: [DATABASE, DatabaseConnection, UnitOfWork, StoragePurge],
    };
  }

  /** Called by Nest. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
