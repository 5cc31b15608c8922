import type { FactoryProvider } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { Transaction, Write } from '../common/unit-of-work.js';
import { type Database, DatabaseConnection } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { HotStatement } from '../database/hot-statement.js';
import { brokenConstraint, isRowFailure, isUniqueViolation } from '../database/sql-errors.js';
import { plainWrite, type SqlShape, SqlWrite } from '../database/sql-write.js';
import type { UserFieldValues } from './fields/user-field.js';
import { UserFields } from './fields/user-fields.js';
import { FieldsTable, type FoundRow, rowsWithField, type FieldsRow } from './fields-table.js';
import { type FieldsTableRules, inspectFieldsTable } from './inspect-fields-table.js';
import type { User } from './user.js';
import { UserFieldsStore, type UserWithFields } from './user-fields-store.js';
import type { UserFieldsTableOptions } from './user-fields-table-options.js';
import { FieldTakenError, InvalidFieldsError } from './users.errors.js';
import { type AttributePage, type AttributeRule, UsersRepository } from './users.repository.js';

/**
 * A team's own fields of users in the columns of a table of the team's own, in Latchkey's database, with a row a user. The table
 * is made by the team's migrations. Values are JSON and become those of the columns' types as PostgreSQL converts them.
 */
export class UserFieldsTable extends UserFieldsStore {
  private readonly db: Database;
  private readonly byId;
  private readonly insertion: SqlShape;
  /** Known once the table was looked at. */
  private rules: FieldsTableRules = { uniques: new Map(), constraints: new Map() };

  private constructor(
    private readonly connection: DatabaseConnection,
    private readonly users: UsersRepository,
    private readonly table: FieldsTable,
  ) {
    super();
    this.db = connection.db;
    const isTheirs = sql`"own".${table.key} = ${sql.placeholder('id')}`;
    const byId = connection.db.select(table.selection).from(table.source).where(isTheirs);
    this.byId = new HotStatement<{ id: string }, Awaited<typeof byId>>(connection, byId);
    this.insertion = {
      name: `insert into ${table.label} (${table.names.join()})`,
      text: (value, provided) => sql`${table.insertion(value('row'), provided)} returning 1 as "value"`,
    };
  }

  /**
   * Keeps the fields in a table, in place of `User.attributes`: for `providers` of `LatchkeyModule.forRoot`.
   * @param name of the table
   * @example UserFieldsTable.named('staff', { schema: 'hr', columns: { staffNumber: 'number' } })
   */
  static named(name: string, options: UserFieldsTableOptions = {}): FactoryProvider<UserFieldsStore> {
    return {
      provide: UserFieldsStore,
      inject: [DatabaseConnection, UsersRepository, UserFields],
      useFactory: (connection: DatabaseConnection, users: UsersRepository, { declared }: UserFields) => {
        const fields = declared.map((field) => field.name);
        return new UserFieldsTable(connection, users, new FieldsTable(name, fields, options));
      },
    };
  }

  async find({ id }: User, transaction?: Transaction): Promise<UserFieldValues> {
    const [found] = await (transaction ? this.readIn(transaction, id) : this.byId.execute({ id }));
    return found ? this.table.valuesOf(found.row) : {};
  }

  private async readIn(transaction: Transaction, id: string): Promise<FieldsRow[]> {
    const isTheirs = sql`"own".${this.table.key} = ${id}`;
    return handleOf(this.db, transaction)
      .select(this.table.selection)
      .from(this.table.source)
      .where(isTheirs);
  }

  async create(id: string, values: UserFieldValues, transaction: Transaction): Promise<void> {
    const row = sql`${this.table.rowOf(id, values)}`;
    await this.write(transaction, this.table.insertion(row, sql`true`));
  }

  override creating(id: string, values: UserFieldValues): Write {
    const part = { shape: this.insertion, values: { row: this.table.rowOf(id, values) } };
    const { parts, options } = plainWrite(part, (transaction) => this.create(id, values, transaction));
    return new SqlWrite(parts, { ...options, refusal: (error) => this.refusalOf(error) });
  }

  async change(id: string, changes: UserFieldValues, transaction: Transaction): Promise<void> {
    await this.write(transaction, this.table.change(id, changes));
  }

  async erase(id: string, transaction: Transaction): Promise<void> {
    const { name, key } = this.table;
    await handleOf(this.db, transaction).execute(sql`delete from ${name} where ${key} = ${id}`);
  }

  async findUsers(
    name: string,
    value: string | number | boolean,
    { limit, after }: AttributePage,
  ): Promise<UserWithFields[]> {
    const found: UserWithFields[] = [];
    // Once, unless users are kept elsewhere: rows without a user are known then only once they are read.
    for (let last = after; ;) {
      const page = { limit, ...(last !== undefined && { after: last }) };
      // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
      const rows = await this.rowsWith(name, value, page);
      // oxlint-disable-next-line eslint/no-await-in-loop -- as above
      found.push(...(await this.withUsers(rows)));
      last = rows.at(-1)?.id;
      if (found.length >= limit || rows.length < limit) return found.slice(0, limit);
    }
  }

  async prepare(rules: readonly AttributeRule[]): Promise<void> {
    this.rules = await inspectFieldsTable(this.connection, this.table, rules);
  }

  private async rowsWith(
    ...[name, value, page]: Parameters<UserFieldsStore['findUsers']>
  ): Promise<FoundRow[]> {
    try {
      return await rowsWithField(this.db, this.table, this.users.reading, { name, value }, page);
    } catch (error) {
      // Of a value that the column cannot have, e.g. a text that is no UUID.
      if (isRowFailure(error)) return [];
      throw error;
    }
  }

  private async withUsers(rows: readonly FoundRow[]): Promise<UserWithFields[]> {
    const users = await this.usersOf(rows);
    return rows.flatMap(({ id, row }) => {
      const user = users.get(id);
      return user ? [{ user, values: this.table.valuesOf(row) }] : [];
    });
  }

  private async usersOf(rows: readonly FoundRow[]): Promise<ReadonlyMap<string, User>> {
    const { reading } = this.users;
    const users = reading
      ? rows.flatMap(({ user }) => reading.parse(user) ?? [])
      : await this.users.findByIds(rows.map(({ id }) => id));
    return new Map(users.map((user) => [user.id, user]));
  }

  /** @throws LatchkeyError `FIELD_TAKEN`, `VALIDATION_FAILED` */
  private async write(transaction: Transaction, statement: SQL): Promise<void> {
    try {
      await handleOf(this.db, transaction).execute(statement);
    } catch (error) {
      throw this.refusalOf(error) ?? error;
    }
  }

  /** What a failed statement means if it is by a constraint of the table. */
  private refusalOf(error: unknown): LatchkeyError | undefined {
    const { uniques, constraints } = this.rules;
    const taken = [...uniques].find(([index]) => isUniqueViolation(error, index));
    if (taken) return new FieldTakenError(taken[1]);
    const broken = brokenConstraint(error);
    const missing = [...this.table.columns].find(([, column]) => column === broken?.column)?.[0];
    const refused = constraints.get(String(broken?.constraint)) ?? [];
    const fields =
      missing === undefined
        ? refused.map((field) => ({ field, message: `${field} has a value that is not taken` }))
        : [{ field: missing, message: `${missing} must be given` }];
    return fields.length === 0 ? undefined : new InvalidFieldsError(fields);
  }
}
