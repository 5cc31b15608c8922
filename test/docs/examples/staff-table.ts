import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { InjectDatabase, type LatchkeyComposition, UserFields, UserFieldsTable } from 'latchkey';
import { StaffFields } from './staff-fields.js';

/** Your migrations. Latchkey's own have been applied before. */
@Injectable()
class StaffMigrations implements OnModuleInit {
  constructor(@InjectDatabase() private readonly db: PgDatabase<PgQueryResultHKT>) {}

  async onModuleInit(): Promise<void> {
    await this.db.execute(sql`
      create table if not exists staff (
        user_id uuid primary key references latchkey.users (id) on delete cascade,
        staff_number text not null unique,
        telephone text,
        tenant_id uuid
      )`);
    await this.db.execute(sql`create index if not exists staff_tenant_id on staff (tenant_id)`);
  }
}

export const staffTable: LatchkeyComposition = {
  fields: UserFields.of(StaffFields),
  providers: [StaffMigrations, UserFieldsTable.named('staff')],
};
