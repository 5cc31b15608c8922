import { MIGRATIONS_TABLE } from './migrations.js';

/** Runs one statement and gives its rows. */
export type Run = <Row>(statement: string, values?: unknown[]) => Promise<Row[]>;

/** Where an installation has its tables. */
export interface SchemaLocation {
  readonly schema: string;
  /** The schema of the list of migrations: another one only if an earlier version was led elsewhere by `search_path`. */
  readonly listSchema: string;
}

/** The schema of a new installation. */
const DEFAULT_SCHEMA = 'latchkey';

/** The catalogue is open to every role; `to_regclass` is refused to one without rights in the schema. */
const FIND_IN_PUBLIC = `
  select coalesce((
    select n.nspname from pg_class t join pg_namespace n on n.oid = t.relnamespace
    where t.relname = 'signing_keys' and t.relkind = 'r' and pg_table_is_visible(t.oid)
  ), 'public') as schema
  from pg_class list
  where list.relname = '${MIGRATIONS_TABLE}' and list.relnamespace = to_regnamespace('public')
    and has_schema_privilege(list.relnamespace, 'usage') and has_table_privilege(list.oid, 'select')`;

/**
 * Where the tables are, or are to be made: in the schema that is configured; where none is, in `public` if an earlier
 * version made them there, else in `latchkey`.
 */
export async function locateSchema(run: Run, configured: string | undefined): Promise<SchemaLocation> {
  if (configured !== undefined) return { schema: configured, listSchema: configured };
  const [found] = await run<{ schema: string }>(FIND_IN_PUBLIC);
  if (found) return { schema: found.schema, listSchema: 'public' };
  return { schema: DEFAULT_SCHEMA, listSchema: DEFAULT_SCHEMA };
}

/** Until a database has been asked. */
export function expectedSchema(configured: string | undefined): string {
  return configured ?? DEFAULT_SCHEMA;
}
