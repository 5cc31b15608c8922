import { fileURLToPath } from 'node:url';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool } from 'pg';
import { OldUsersService } from './old-users.service.js';

/** Brings the application's tables and its users of before up to date. */
@Injectable()
export class Migrations implements OnModuleInit {
  constructor(
    @Inject(Pool) private readonly pool: Pool,
    private readonly oldUsers: OldUsersService,
  ) {}

  /** Latchkey has made its tables by now, so that those of the application can reference them. */
  async onModuleInit(): Promise<void> {
    const client = await this.pool.connect();
    client.on('error', () => undefined); // the statement that waits fails, too
    try {
      // Of instances that start at once, one does it, and the others wait, however long that takes.
      await client.query('set statement_timeout to 0');
      await client.query(`select pg_advisory_lock(hashtextextended('migrations of the shop', 0))`);
      await migrate(drizzle(client), {
        migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)),
      });
      await this.oldUsers.bring();
    } finally {
      client.release(true); // closes it, and gives the lock back
    }
  }
}
