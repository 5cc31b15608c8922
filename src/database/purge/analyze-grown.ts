import { sql } from 'drizzle-orm';
import type { Database } from '../database.js';

/** Of the pages that a table had when it was last looked at. */
const GROWTH = 1.2;
/** A table of a few pages is read whole, whatever is known of it. */
const PAGES_MIN = 8;

/**
 * Gathers the planner's statistics of the tables that have grown since they were gathered last: by themselves they stay as
 * they were when the tables were empty, and plans with them.
 */
export async function analyzeGrown(db: Database): Promise<void> {
  const { rows } = (await db.execute(sql`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
      and pg_relation_size(c.oid) / current_setting('block_size')::int > c.relpages * ${GROWTH}::float8 + ${PAGES_MIN}::int
  `)) as { rows: { name: string }[] };
  // One at a time: other statements have their turn in between.
  // oxlint-disable-next-line eslint/no-await-in-loop
  for (const { name } of rows) await db.execute(sql`analyze ${sql.raw(name)}`);
}
