import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import type { SqlReading } from '../database/sql-reading.js';
import type { UserFieldValues } from './fields/user-field.js';
import type { User } from './user.js';
import type { UserFieldsTableOptions } from './user-fields-table-options.js';
import type { AttributePage } from './users.repository.js';

/** A row of it. */
export interface FieldsRow {
  /** The user's. */
  readonly id: string;
  /** As JSON, by columns. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** How a team's own table is named in statements, and its rows are read and written as JSON. */
export class FieldsTable {
  /** As it is written in SQL. */
  readonly label: string;
  readonly name: SQL;
  readonly userId: string;
  readonly key: SQL;
  /** Columns by the names of fields. */
  readonly columns: ReadonlyMap<string, string>;
  /** Names for which there are columns, and which are of no field. */
  readonly unknown: readonly string[];

  /** @param fields their names */
  constructor(
    table: string,
    fields: readonly string[],
    { schema = 'public', userId = 'user_id', columns = {} }: UserFieldsTableOptions,
  ) {
    this.name = sql`${sql.identifier(schema)}.${sql.identifier(table)}`;
    this.label = [schema, table].map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
    this.userId = userId;
    this.key = sql`${sql.identifier(userId)}`;
    this.unknown = Object.keys(columns).filter((name) => !fields.includes(name));
    this.columns = new Map(fields.map((field) => [field, columns[field] ?? inSnakeCase(field)]));
  }

  /** What a statement selects of a row, from `source`. */
  get selection(): { readonly [Part in keyof FieldsRow]: SQL<FieldsRow[Part]> } {
    const row = sql<
      FieldsRow['row']
    >`(select to_jsonb("fields") from (select ${this.ofOwn(this.names)}) as "fields")`;
    return { id: sql`"own".${this.key}::text`, row };
  }

  /** The columns of `"own"` that are declared, with the user's id. The others may be secret, or large. */
  get declared(): SQL {
    return this.ofOwn([this.userId, ...this.names]);
  }

  /** Its rows, as `"own"`. */
  get source(): SQL {
    return sql`${this.name} as "own"`;
  }

  /** Of its columns that hold fields. */
  get names(): string[] {
    return [...this.columns.values()];
  }

  /** The JSON of a row; what is not given is null. */
  rowOf(id: string, values: UserFieldValues): string {
    const given = Object.entries(values).map(([field, value]) => [this.columnOf(field), value]);
    return JSON.stringify({ ...Object.fromEntries(given), [this.userId]: id });
  }

  /** What a row as JSON says of the fields in which there is something. */
  valuesOf(row: Readonly<Record<string, unknown>>): UserFieldValues {
    const values = Array.from(this.columns, ([field, column]) => [field, row[column]] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== null && value !== undefined));
  }

  /** Inserts a whole row. @param row its JSON */
  insertion(row: SQLWrapper, provided: SQL): SQL {
    return sql`insert into ${this.name} (${this.list(this.names)}) select ${this.list(this.names)} from ${this.record(row)}
      where ${provided}`;
  }

  /** Writes the fields that are named, in a row that may not be there yet. */
  change(id: string, changes: UserFieldValues): SQL {
    const columns = Object.keys(changes).map((field) => this.columnOf(field));
    const row = sql`${this.rowOf(id, changes)}`;
    const set = (from: string) =>
      sql.join(
        columns.map((column) => sql`${sql.identifier(column)} = ${sql.raw(from)}.${sql.identifier(column)}`),
        sql`, `,
      );
    // Columns that must not be null are asked for only where there is no row yet.
    return sql`with "given" as (select * from ${this.record(row)}),
      "changed" as (
        update ${this.name} as "own" set ${set('"given"')} from "given" where "own".${this.key} = "given".${this.key}
        returning 1
      )
      insert into ${this.name} (${this.list(columns)}) select ${this.list(columns)} from "given"
      where not exists (select from "changed")
      on conflict (${this.key}) do update set ${set('excluded')}`;
  }

  /** That a field of the row `"own"` has a value: in the column's type, so that an index is of use. */
  equals(field: string, value: string | number | boolean): SQL {
    const column = this.columnOf(field);
    const row = sql`${JSON.stringify({ [column]: value })}`;
    const name = sql.identifier(column);
    return sql`"own".${name} = (jsonb_populate_record(null::${this.name}, ${row}::jsonb)).${name}`;
  }

  private ofOwn(columns: readonly string[]): SQL {
    return sql.join(
      columns.map((column) => sql`"own".${sql.identifier(column)}`),
      sql`, `,
    );
  }

  private record(row: SQLWrapper): SQL {
    return sql`jsonb_populate_record(null::${this.name}, ${row}::jsonb)`;
  }

  /** With the user's id. */
  private list(columns: readonly string[]): SQL {
    return sql.join(
      [this.userId, ...columns].map((column) => sql.identifier(column)),
      sql`, `,
    );
  }

  private columnOf(field: string): string {
    const column = this.columns.get(field);
    if (column === undefined) throw new Error(`No field is declared that is called ${field}.`);
    return column;
  }
}

function inSnakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** A row, and its user as they were read with it; undefined where they are kept elsewhere. */
export interface FoundRow extends FieldsRow {
  readonly user?: unknown;
}

/**
 * The rows with a value in a field, in the order of their users.
 * @param reading how users are read with them, so that those without a user do not count
 */
export function rowsWithField(
  db: Database,
  table: FieldsTable,
  reading: SqlReading<User> | undefined,
  { name, value }: { readonly name: string; readonly value: string | number | boolean },
  { limit, after }: AttributePage,
): SQLWrapper & PromiseLike<FoundRow[]> {
  const next = after === undefined ? sql`true` : sql`"own".${table.key} > ${after}`;
  // In order before users are looked up, so that no more are than the page holds.
  const rows = sql`(
    select ${table.declared} from ${table.source} where ${table.equals(name, value)} and ${next} order by "own".${table.key}
  ) as "own"`;
  const user = reading?.select(sql`"own".${table.key}::text`) ?? sql`null`;
  return db
    .select({ ...table.selection, user: sql<unknown>`"found"."user"` })
    .from(sql`${rows} cross join lateral (select ${user} as "user" offset 0) as "found"`)
    .where(reading && sql`"found"."user" is not null`)
    .orderBy(sql`"own".${table.key}`)
    .limit(limit);
}
