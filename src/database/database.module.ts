import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseConfig } from '../config/slices.js';
import { DATABASE, DatabaseConnection } from './database.js';
import { MIGRATIONS_FOLDER } from './migrations.js';
import { openDatabase } from './open-database.js';

/** Opens the database, migrates it, and closes it last. */
@Global()
@Module({
  providers: [
    {
      provide: DatabaseConnection,
      inject: [DatabaseConfig],
      useFactory: async (config: DatabaseConfig): Promise<DatabaseConnection> => {
        const connection = await openDatabase(config);
        try {
          await connection.migrate(MIGRATIONS_FOLDER);
          return connection;
        } catch (error) {
          await connection.close();
          throw error;
        }
      },
    },
    {
      provide: DATABASE,
      inject: [DatabaseConnection],
      useFactory: (connection: DatabaseConnection) => connection.db,
    },
  ],
  exports: [DATABASE, DatabaseConnection],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DatabaseConnection) private readonly connection: DatabaseConnection) {}

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
