import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../../database/database.js';

interface Query {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * What rate-limiter-flexible takes for a node-postgres client: the same pool as everything else. Without the names that it
 * gives its statements, which would tie them to connections that a pooler may change.
 */
export function postgresClientOf(db: Database): { query(query: Query): Promise<unknown> } {
  return { query: async (query) => db.execute(statementOf(query)) };
}

function statementOf({ text, values = [] }: Query): SQL {
  const parts = text.split(/\$(\d+)/);
  return sql.join(
    parts.map((part, place) => (place % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - 1]}`)),
  );
}
