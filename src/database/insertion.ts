import { getTableColumns, getTableName, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { SqlPart } from './sql-write.js';

/** All columns of a table. */
export function columnsOf<Table extends PgTable>(table: Table): (keyof Table['$inferInsert'] & string)[] {
  return Object.keys(getTableColumns(table)) as (keyof Table['$inferInsert'] & string)[];
}

/**
 * How a row is inserted as part of a statement.
 * @param columns those that the row gives; the others have their defaults
 * @param unlessThere a row that is there already stays as it is
 */
export function insertionInto<Table extends PgTable, Column extends keyof Table['$inferInsert'] & string>(
  table: Table,
  columns: readonly Column[],
  { unlessThere = false } = {},
): (row: Pick<Table['$inferInsert'], Column>) => SqlPart {
  const all = getTableColumns(table);
  const named = columns.flatMap((name) => {
    const column = all[name];
    return column ? [{ name, column }] : [];
  });
  const shape: SqlPart['shape'] = {
    name: `insert into ${getTableName(table)} (${columns.join()}) ${unlessThere}`,
    text: (value, provided) => {
      const into = sql.join(
        named.map(({ column }) => sql.identifier(column.name)),
        sql`, `,
      );
      const row = sql.join(
        named.map(({ name, column }) => sql`${value(name)}::${sql.raw(column.getSQLType())}`),
        sql`, `,
      );
      const conflict = unlessThere ? sql`on conflict do nothing ` : sql``;
      return sql`insert into ${table} (${into}) select ${row} where ${provided} ${conflict}returning 1 as "value"`;
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
