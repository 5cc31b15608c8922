import { createHash } from 'node:crypto';
import type { DatabaseConnection } from './database.js';

/** `prepared statement "…" does not exist`, and `… already exists`. */
const LOST_NAMES = new Set(['26000', '42P05']);

/** What Drizzle's builders are before they are prepared. */
interface Preparable<Rows> {
  toSQL(): { readonly sql: string };
  prepare(name: string): Prepared<Rows>;
}

interface Prepared<Rows> {
  execute(values: Record<string, unknown>): Promise<Rows>;
}

/**
 * A statement that is built once, since building it takes longer than sending it, and that PostgreSQL parses once a
 * connection, by its name. The name is made from the text, so that it never stands for another statement. Where names are lost,
 * since a pooler between us and PostgreSQL changes connections or an application discards them, statements are sent without, from
 * the first failure on: nothing was executed then. Not for transactions, which a failure would end.
 */
export class HotStatement<Values extends Record<string, unknown>, Rows> {
  private prepared: { named: Prepared<Rows>; unnamed: Prepared<Rows> } | undefined;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly statement: Preparable<Rows>,
  ) {}

  async execute(values: Values): Promise<Rows> {
    // Not before: it is known only once the database has been opened in which schema the tables are.
    this.prepared ??= {
      named: this.statement.prepare(nameOf(this.statement.toSQL().sql)),
      unnamed: this.statement.prepare(''),
    };
    const { named, unnamed } = this.prepared;
    if (!this.connection.keepsNames) return unnamed.execute(values);
    try {
      return await named.execute(values);
    } catch (error) {
      if (!hasLostNames(error)) throw error;
      this.connection.forgetNames();
      return unnamed.execute(values);
    }
  }
}

function nameOf(text: string): string {
  return `latchkey_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}

function hasLostNames(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code } = cause as Error & { code?: string };
    if (code !== undefined && LOST_NAMES.has(code)) return true;
  }
  return false;
}
