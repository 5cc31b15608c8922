import { Injectable } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { eq, gt, sql } from 'drizzle-orm';
import { jsonb, type PgDatabase, type PgQueryResultHKT, pgTable, uuid } from 'drizzle-orm/pg-core';
import {
  type AttributePage,
  handleIn,
  InjectDatabase,
  type LatchkeyComposition,
  type Transaction,
  type User,
  UserField,
  UserFields,
  UserFieldsStore,
  type UserFieldValues,
  UsersRepository,
  type UserWithFields,
} from 'latchkey';

class Preferences {
  @UserField({ write: 'user', searchable: true })
  @ApiPropertyOptional({ type: String, enum: ['light', 'dark'] })
  @IsOptional()
  @IsIn(['light', 'dark'])
  theme?: string | null;
}

const documents = pgTable('preferences', {
  userId: uuid('user_id').primaryKey(),
  fields: jsonb('fields').$type<UserFieldValues>().notNull(),
});

/** A document a user. */
@Injectable()
class PreferencesStore extends UserFieldsStore {
  constructor(
    @InjectDatabase() private readonly db: PgDatabase<PgQueryResultHKT>,
    private readonly users: UsersRepository,
  ) {
    super();
  }

  async prepare(): Promise<void> {
    await this.db.transaction(async (transaction) => {
      await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended('preferences', 0))`);
      await transaction.execute(
        sql`create table if not exists preferences (user_id uuid primary key, fields jsonb not null)`,
      );
      await transaction.execute(
        sql`create index if not exists preferences_fields on preferences using gin (fields)`,
      );
    });
  }

  async find({ id }: User): Promise<UserFieldValues> {
    const [row] = await this.db.select().from(documents).where(eq(documents.userId, id));
    return row?.fields ?? {};
  }

  async create(userId: string, fields: UserFieldValues, transaction: Transaction): Promise<void> {
    await handleIn(this.db, transaction).insert(documents).values({ userId, fields });
  }

  async change(userId: string, fields: UserFieldValues, transaction: Transaction): Promise<void> {
    const changed = sql`${documents.fields} || excluded.fields`;
    await handleIn(this.db, transaction)
      .insert(documents)
      .values({ userId, fields })
      .onConflictDoUpdate({ target: documents.userId, set: { fields: changed } });
  }

  async erase(userId: string, transaction: Transaction): Promise<void> {
    await handleIn(this.db, transaction).delete(documents).where(eq(documents.userId, userId));
  }

  async findUsers(
    name: string,
    value: string | number | boolean,
    { limit, after }: AttributePage,
  ): Promise<UserWithFields[]> {
    const rows = await this.db
      .select()
      .from(documents)
      .where(
        sql`${documents.fields} @> ${JSON.stringify({ [name]: value })}::jsonb
        and ${after === undefined ? sql`true` : gt(documents.userId, after)}`,
      )
      .orderBy(documents.userId)
      .limit(limit);
    const users = await this.users.findByIds(rows.map(({ userId }) => userId));
    return rows.flatMap(({ userId, fields: values }) => {
      const user = users.find(({ id }) => id === userId);
      return user ? [{ user, values }] : [];
    });
  }
}

export const preferences: LatchkeyComposition = {
  fields: UserFields.of(Preferences),
  providers: [{ provide: UserFieldsStore, useClass: PreferencesStore }],
};
