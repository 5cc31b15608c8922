import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  DatabaseConnection,
  type LatchkeyComposition,
  SharedTransactions,
  UserFields,
  UserFieldsTable,
} from 'latchkey';
import { StaffFields } from './staff-fields.js';

/** Your migrations. Latchkey's own have been applied before. */
@Injectable()
class StaffMigrations implements OnModuleInit {
  constructor(
    private readonly connection: DatabaseConnection,
    private readonly transactions: SharedTransactions,
  ) {}

  async onModuleInit(): Promise<void> {
    const { schema } = this.connection;
    await this.transactions.run(async (_, client) => {
      // Instances that start at once wait for each other.
      await client.query(`select pg_advisory_xact_lock(hashtextextended('migrations of staff', 0))`);
      await client.query(`
        create table if not exists staff (
          user_id uuid primary key references "${schema}".users (id) on delete cascade,
          staff_number text not null unique,
          telephone text,
          tenant_id uuid
        )`);
      await client.query('create index if not exists staff_tenant_id on staff (tenant_id)');
    });
  }
}

export const staffTable: LatchkeyComposition = {
  fields: UserFields.of(StaffFields),
  providers: [StaffMigrations, UserFieldsTable.named('staff')],
};
