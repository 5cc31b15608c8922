import { type SQL, sql } from 'drizzle-orm';
import { PgDialect, pgSchema } from 'drizzle-orm/pg-core';

/** Stands for the schema of the installation, which is known at run time only; no name that PostgreSQL could have. */
const OWN = 'schema of the installation\0';
/** Stands for its name as a text. */
const OWN_AS_TEXT = `name of the ${OWN}`;

/** Where every table of ours is declared. Statements name it, so that no session setting decides which table they mean. */
export const ownSchema = pgSchema(OWN);

/** The name of a table there that is not declared, since it does not stay. */
export function ownName(table: string): SQL {
  return sql`${sql.identifier(OWN)}.${sql.identifier(table)}`;
}

/** Writes the name of the installation's schema where a statement means `ownSchema`. */
export class OwnSchemaDialect extends PgDialect {
  /** @param schema is asked as a statement is built */
  constructor(schema: () => string) {
    super();
    // Drizzle passes these methods on without their object.
    const asName = this.escapeName.bind(this);
    const asText = this.escapeString.bind(this);
    this.escapeName = (name) => {
      if (name === OWN_AS_TEXT) return asText(schema());
      return asName(name === OWN ? schema() : name);
    };
  }
}

/**
 * A key of `pg_advisory_lock` and its like, which count for the whole database: no other installation in it has the same.
 * @param purpose what is locked, in a way that nothing else uses
 */
export function lockKey(purpose: string): SQL {
  return sql`hashtextextended(${`${purpose} `}::text || ${sql.identifier(OWN_AS_TEXT)}, 0)`;
}
