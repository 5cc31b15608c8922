import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseConfig } from '../config/slices.js';
import { UnitOfWork } from '../common/unit-of-work.js';
import { DATABASE, DatabaseConnection } from './database.js';
import { DrizzleUnitOfWork } from './drizzle-unit-of-work.js';
import { openMigratedDatabase } from './open-database.js';

/** Opens the database, unless a connection is handed in, and closes it last. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DatabaseConnection) private readonly connection: DatabaseConnection) {}

  static forRoot(connection?: Promise<DatabaseConnection>): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
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
      ],
      exports: [DATABASE, DatabaseConnection, UnitOfWork],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
