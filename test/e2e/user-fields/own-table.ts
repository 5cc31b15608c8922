import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { LatchkeyComposition } from '../../../src/composition/latchkey-options.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import { UserFieldsTable } from '../../../src/users/user-fields-table.js';

/** As a team's migrations make it. */
@Injectable()
class StaffMigrations implements OnModuleInit {
  constructor(private readonly connection: DatabaseConnection) {}

  async onModuleInit(): Promise<void> {
    const { db, schema } = this.connection;
    await db.execute(sql`create schema if not exists "hr"`);
    await db.execute(sql`create table if not exists "hr"."Staff" (
      user_id uuid primary key references ${sql.identifier(schema)}."users" (id) on delete cascade,
      "number" varchar(9) not null unique,
      telephone text check (telephone <> '+49 00 000000'),
      tenant_id uuid,
      language text check (language in ('de', 'en')),
      address jsonb
    )`);
    await db.execute(sql`create index if not exists staff_tenant on "hr"."Staff" (tenant_id, telephone)`);
  }
}

/** Where its columns are. */
export const OWN_TABLE = { schema: 'hr', columns: { staffNumber: 'number' } };

/** The team's fields in a table of its own. */
export const IN_OWN_TABLE: LatchkeyComposition = {
  providers: [StaffMigrations, UserFieldsTable.named('Staff', OWN_TABLE)],
};
