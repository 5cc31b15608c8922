import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { InjectDatabase } from 'latchkey';

export type Database = PgDatabase<PgQueryResultHKT>;

/** The application's own tables, beside Latchkey's, which are there by now. */
@Injectable()
export class Migrations implements OnModuleInit {
  constructor(@InjectDatabase() private readonly database: Database) {}

  async onModuleInit(): Promise<void> {
    await this.database.execute(sql`
      create table if not exists members (
        user_id uuid primary key references latchkey.users (id) on delete cascade,
        telephone text,
        tenant_id uuid
      )`);
    await this.database.execute(sql`create index if not exists members_tenant_id on members (tenant_id)`);
    await this.database.execute(sql`
      create table if not exists api_keys (
        id uuid primary key default gen_random_uuid(),
        user_id uuid not null references latchkey.users (id) on delete cascade,
        hash text not null unique
      )`);
  }
}
