import { sql } from 'drizzle-orm';
import type { Database, DatabaseConnection } from '../database/database.js';
import type { FieldsTable } from './fields-table.js';
import { UserFieldsUnusableError } from './users.errors.js';
import type { AttributeRule } from './users.repository.js';

interface Column {
  readonly column: string;
  /** An index that begins with it, by its name. */
  readonly index: string | null;
  /** That index keeps its values unique. */
  readonly unique: boolean | null;
}

/** What a row of the table may break. */
export interface FieldsTableRules {
  /** Fields that are unique, by the index that keeps them so. */
  readonly uniques: ReadonlyMap<string, string>;
  /** Other constraints by their names, with the fields that each is about. */
  readonly constraints: ReadonlyMap<string, readonly string[]>;
}

interface Constraint {
  readonly name: string;
  readonly columns: readonly string[];
  /** A reference to users that would keep them from being deleted. */
  readonly holdsUsers: boolean;
}

/**
 * Looks whether a table of a team's own can keep its fields.
 * @throws UserFieldsUnusableError if a column or an index is missing, or a column is named twice
 */
export async function inspectFieldsTable(
  { db, schema }: Pick<DatabaseConnection, 'db' | 'schema'>,
  table: FieldsTable,
  rules: readonly AttributeRule[],
): Promise<FieldsTableRules> {
  const columns = await columnsOf(db, table);
  const constraints = await constraintsOf(db, schema, table);
  const problems =
    columns.length === 0
      ? [`There is no table ${table.label}, in which fields of users are to be kept.`]
      : [...problemsOf(table, columns, rules), ...problemsOfReferences(table, constraints)];
  if (problems.length > 0) throw new UserFieldsUnusableError(problems);
  const uniques = rules.flatMap(({ name, unique }) =>
    columns
      .filter((each) => unique && each.unique && each.column === table.columns.get(name))
      .map(({ index }): [string, string] => [index ?? '', name]),
  );
  const fieldsOf = (names: readonly string[]) =>
    [...table.columns].filter(([, column]) => names.includes(column)).map(([field]) => field);
  return {
    uniques: new Map(uniques),
    constraints: new Map(constraints.map((each) => [each.name, fieldsOf(each.columns)])),
  };
}

function problemsOf(
  table: FieldsTable,
  columns: readonly Column[],
  rules: readonly AttributeRule[],
): string[] {
  const indexes = (name: string | undefined) => columns.filter(({ column }) => column === name);
  if (table.unknown.length > 0)
    return table.unknown.map(
      (name) => `No field is declared that is called ${name}, whose column is named for ${table.label}.`,
    );
  const twice = new Set(
    [table.userId, ...table.names].filter((name, place, all) => all.indexOf(name) !== place),
  );
  if (twice.size > 0)
    return [...twice].map((name) => `The column ${name} of ${table.label} is named for more than one thing.`);
  const missing = [table.userId, ...table.names].filter((name) => indexes(name).length === 0);
  if (missing.length > 0) return missing.map((name) => `The table ${table.label} has no column ${name}.`);
  const isUnique = (name: string | undefined) => indexes(name).some(({ unique }) => unique);
  const key = isUnique(table.userId)
    ? []
    : [`The column ${table.userId} of ${table.label} needs a primary key or a unique index of its own.`];
  const fields = rules.flatMap(({ name, unique }) => {
    const column = table.columns.get(name);
    if (unique && !isUnique(column))
      return [
        `The field ${name} is declared unique: the column ${column} of ${table.label} needs a unique index.`,
      ];
    if (indexes(column).every(({ index }) => index === null))
      return [
        `The field ${name} is declared searchable: the column ${column} of ${table.label} needs an index.`,
      ];
    return [];
  });
  return [...key, ...fields];
}

/** A row for each column, and for each index that begins with it. */
async function columnsOf(db: Database, table: FieldsTable): Promise<Column[]> {
  return db
    .select({
      column: sql<string>`a.attname::text`,
      index: sql<string | null>`i.relname::text`,
      unique: sql<boolean | null>`x.indisunique and x.indnkeyatts = 1 and x.indpred is null`,
    })
    .from(
      sql`pg_attribute a
        left join pg_index x on x.indrelid = a.attrelid and x.indkey[0] = a.attnum and x.indisvalid
        left join pg_class i on i.oid = x.indexrelid`,
    )
    .where(sql`a.attrelid = to_regclass(${table.label}) and a.attnum > 0 and not a.attisdropped`);
}

async function constraintsOf(db: Database, schema: string, table: FieldsTable): Promise<Constraint[]> {
  return db
    .select({
      name: sql<string>`c.conname::text`,
      columns: sql<string[]>`(
        select coalesce(json_agg(a.attname::text), '[]'::json) from pg_attribute a
        where a.attrelid = c.conrelid and a.attnum = any(c.conkey)
      )`,
      holdsUsers: sql<boolean>`c.contype = 'f' and c.confrelid = to_regclass(format('%I.users', ${schema}::text))
        and c.confdeltype <> 'c' and not c.condeferred`,
    })
    .from(sql`pg_constraint c`)
    .where(sql`c.conrelid = to_regclass(${table.label})`);
}

function problemsOfReferences({ label }: FieldsTable, constraints: readonly Constraint[]): string[] {
  return constraints
    .filter(({ holdsUsers }) => holdsUsers)
    .map(({ name }) => `The reference ${name} of ${label} to the table of users needs "on delete cascade".`);
}
