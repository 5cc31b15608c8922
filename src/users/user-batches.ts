import { asc, getTableColumns, gt, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../common/unit-of-work.js';
import type { Database, DatabaseConnection } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { emailKey, type User } from './user.js';
import { takenBy, toUser, WHOLE_USER } from './user-rows.js';
import { roles, userFieldRules, userRoles, users } from './users.table.js';

/** A user of another system, or of another database. */
export type UserRecord = Omit<User, 'scopes' | 'passwordChangeRequired' | 'passwordExpiresAt'>;

/** Which user has an id or an address already. */
export interface PresentUsers {
  /** Ids by what addresses are compared by. */
  readonly idByEmailKey: ReadonlyMap<string, string>;
  readonly ids: ReadonlySet<string>;
}

/** What each column of a new user is given: every one there is, so that another cannot be forgotten. */
const GIVEN: Readonly<Record<keyof typeof users.$inferSelect, SQL>> = {
  id: sql`"id"`,
  name: sql`"name"`,
  email: sql`"email"`,
  emailKey: sql`"emailKey"`,
  emailVerifiedAt: sql`"emailVerifiedAt"`,
  passwordHash: sql`"passwordHash"`,
  passwordChangeRequired: sql`false`,
  passwordExpiresAt: sql`null::timestamptz`,
  disabledAt: sql`"disabledAt"`,
  lastLoginAt: sql`null::timestamptz`,
  attributes: sql`"attributes"`,
  createdAt: sql`"createdAt"`,
  updatedAt: sql`"updatedAt"`,
};

/** In the order of the table's columns. */
const SELECTED = sql.join(
  (Object.keys(getTableColumns(users)) as (keyof typeof GIVEN)[]).map((column) => GIVEN[column]),
  sql`, `,
);

/** Users by the thousand, in the table `users`: written and read with few statements. */
export class UserBatches {
  private readonly db: Database;

  constructor(connection: DatabaseConnection) {
    this.db = connection.db;
  }

  /** Names of all roles. */
  async roleNames(): Promise<Set<string>> {
    const rows = await this.db.select({ name: roles.name }).from(roles);
    return new Set(rows.map(({ name }) => name));
  }

  /** Names of the attributes that are looked up. */
  async indexedAttributes(): Promise<Set<string>> {
    const rows = await this.db.select({ field: userFieldRules.field }).from(userFieldRules);
    return new Set(rows.map(({ field }) => field));
  }

  /**
   * Writes those whose id and address no user has.
   * @returns their ids
   * @throws FieldTakenError if one has a value that is unique and taken: then none is written
   */
  async create(records: readonly UserRecord[], transaction: Transaction): Promise<ReadonlySet<string>> {
    const db = handleOf(this.db, transaction);
    const given = JSON.stringify(records.map(rowOf));
    const rows = sql`json_to_recordset(${given}::json) as "row"("id" uuid, "name" text, "email" text, "emailKey" text,
      "emailVerifiedAt" timestamptz, "passwordHash" text, "disabledAt" timestamptz, "attributes" jsonb,
      "createdAt" timestamptz, "updatedAt" timestamptz, "roles" json)`;
    try {
      const written = await db
        .insert(users)
        .select(sql`select ${SELECTED} from ${rows}`)
        .onConflictDoNothing()
        .returning({ id: users.id });
      const ids = new Set(written.map(({ id }) => id));
      if (ids.size > 0) {
        await db.insert(userRoles).select(
          sql`select "row"."id", "role" from ${rows} cross join json_array_elements_text("row"."roles") as "role"
            where "row"."id" in (select "id" from json_to_recordset(${JSON.stringify(
              [...ids].map((id) => ({ id })),
            )}::json) as "written"("id" uuid))`,
        );
      }
      return ids;
    } catch (error) {
      throw takenBy(error) ?? error;
    }
  }

  /** Who has one of their ids or addresses. */
  async present(
    records: readonly Pick<UserRecord, 'id' | 'email'>[],
    transaction: Transaction,
  ): Promise<PresentUsers> {
    if (records.length === 0) return { idByEmailKey: new Map(), ids: new Set() };
    const rows = await handleOf(this.db, transaction)
      .select({ id: users.id, emailKey: users.emailKey })
      .from(users)
      .where(
        or(
          inArray(
            users.emailKey,
            records.map(({ email }) => emailKey(email)),
          ),
          inArray(
            users.id,
            records.map(({ id }) => id),
          ),
        ),
      );
    return {
      idByEmailKey: new Map(rows.map((row) => [row.emailKey, row.id])),
      ids: new Set(rows.map(({ id }) => id)),
    };
  }

  /** All users, in the order of their ids, so many at a time: each who is there from the beginning to the end comes once. */
  async *all(size: number): AsyncGenerator<User[]> {
    let page: User[] = [];
    let after: string | undefined;
    do {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
      const rows = await this.db
        .select(WHOLE_USER)
        .from(users)
        .where(after === undefined ? undefined : gt(users.id, after))
        .orderBy(asc(users.id))
        .limit(size);
      page = rows.map(toUser);
      after = page.at(-1)?.id;
      if (page.length > 0) yield page;
    } while (page.length === size);
  }
}

function rowOf(record: UserRecord): Record<string, unknown> {
  return { ...record, emailKey: emailKey(record.email) };
}
