import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseConfig } from '../config/config.js';
import { type ModuleOverrides, withOverrides } from '../common/module-overrides.js';
import { UnitOfWork } from '../common/unit-of-work.js';
import { DATABASE, DatabaseConnection } from './database.js';
import { DrizzleUnitOfWork } from './drizzle-unit-of-work.js';
import { openMigratedDatabase } from './open-database.js';
import { StoragePurge } from './purge/storage-purge.js';
import { StoragePurgeTimer } from './purge/storage-purge-timer.js';

/** Opens the database, unless a connection is handed in, and closes it last. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  /** @internal */
  constructor(@Inject(DatabaseConnection) private readonly connection: DatabaseConnection) {}

  /**
   * The database.
   * @param connection opened already, or being opened; closed with the application
   * @param options may replace `UnitOfWork`
   */
  static forRoot(connection?: Promise<DatabaseConnection>, options?: ModuleOverrides): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: withOverrides(
        [
          {
            provide: DatabaseConnection,
            inject: [DatabaseConfig],
            useFactory: (config: DatabaseConfig) => connection ?? openMigratedDatabase(config),
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
