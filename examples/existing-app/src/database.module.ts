import { Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';

export type Database = NodePgDatabase;
export const DATABASE = Symbol('Database');

/** The application's own pool, and Drizzle on it. */
@Global()
@Module({
  providers: [
    {
      provide: Pool,
      useFactory: () =>
        new Pool({
          connectionString: process.env.DATABASE_URL,
          // Without them a database that hangs lets requests hang, of Latchkey's routes, too.
          connectionTimeoutMillis: 5_000,
          statement_timeout: 15_000,
          idle_in_transaction_session_timeout: 30_000,
        }),
    },
    { provide: DATABASE, inject: [Pool], useFactory: (pool: Pool) => drizzle(pool) },
  ],
  exports: [Pool, DATABASE],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(Pool) private readonly pool: Pool) {
    // Of a connection that nothing uses; unheard, it ends the process.
    pool.on('error', (error) => new Logger('Database').warn(error.message));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
