import { getTableColumns, getTableName, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { SqlPart } from './sql-write.js';

/** All columns of a table. */
export function columnsOf<Table extends PgTable>(table: Table): (keyof Table['$inferInsert'] & string)[] {
  return Object.keys(getTableColumns(table)) as (keyof Table['$inferInsert'] & string)[];
}

/** How a row is inserted. */
export interface InsertionOptions {
  /** A row that is there already stays as it is. */
  readonly unlessThere?: boolean;
  /** How the values of columns are made where it is not by the row alone. */
  readonly made?: Readonly<Record<string, (value: (name: string) => Placeholder) => SQL>>;
  /** A column whose value the database finds out, and which is given back. */
  readonly computed?: {
    readonly column: PgColumn;
    /** @param value stands for one of the row's */
    value(value: (name: string) => Placeholder): SQL;
  };
}

/**
 * How a row is inserted as part of a statement, which gives 1 or what is computed.
 * @param columns those that the row gives; the others have their defaults
 */
export function insertionInto<Table extends PgTable, Column extends keyof Table['$inferInsert'] & string>(
  table: Table,
  columns: readonly Column[],
  { unlessThere = false, made = {}, computed }: InsertionOptions = {},
): (row: Pick<Table['$inferInsert'], Column>) => SqlPart {
  const all = getTableColumns(table);
  const named = columns.flatMap((name) => {
    const column = all[name];
    return column ? [{ name, column }] : [];
  });
  const shape: SqlPart['shape'] = {
    name: `insert into ${getTableName(table)} (${columns.join()}) ${unlessThere} ${Object.keys(made).join()}`,
    text: (value, provided) => {
      const into = sql.join(
        [...named.map(({ column }) => column), ...(computed ? [computed.column] : [])].map(({ name }) =>
          sql.identifier(name),
        ),
        sql`, `,
      );
      const row = sql.join(
        [
          ...named.map(
            ({ name, column }) => made[name]?.(value) ?? sql`${value(name)}::${sql.raw(column.getSQLType())}`,
          ),
          ...(computed ? [computed.value(value)] : []),
        ],
        sql`, `,
      );
      const conflict = unlessThere ? sql`on conflict do nothing ` : sql``;
      const given = computed ? sql.identifier(computed.column.name) : sql`1`;
      return sql`insert into ${table} (${into}) select ${row} where ${provided} ${conflict}returning ${given} as "value"`;
    },
  };
  return (row) => ({
    shape,
    values: Object.fromEntries(
      named.map(({ name, column }) => {
        const value: unknown = row[name];
        return [name, value === null || value === undefined ? null : column.mapToDriverValue(value)];
      }),
    ),
  });
}
