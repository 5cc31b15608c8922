import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { DatabaseConnection, InjectDatabase } from 'latchkey';

export type Database = PgDatabase<PgQueryResultHKT>;

/** The application's own tables, beside Latchkey's, which are there by now. */
@Injectable()
export class Migrations implements OnModuleInit {
  constructor(
    @InjectDatabase() private readonly database: Database,
    private readonly connection: DatabaseConnection,
  ) {}

  async onModuleInit(): Promise<void> {
    // As `DATABASE_SCHEMA` says.
    const accounts = sql`${sql.identifier(this.connection.schema)}.users`;
    await this.database.transaction(async (transaction) => {
      // Instances that start at once wait for each other.
      await transaction.execute(
        sql`select pg_advisory_xact_lock(hashtextextended('migrations of members', 0))`,
      );
      await transaction.execute(sql`
        create table if not exists members (
          user_id uuid primary key references ${accounts} (id) on delete cascade,
          telephone text,
          tenant_id uuid
        )`);
      await transaction.execute(sql`create index if not exists members_tenant_id on members (tenant_id)`);
      await transaction.execute(sql`
        create table if not exists api_keys (
          id uuid primary key default gen_random_uuid(),
          user_id uuid not null references ${accounts} (id) on delete cascade,
          hash text not null unique
        )`);
    });
  }
}
