import { type SQL, sql } from 'drizzle-orm';
import type { DatabaseConnection } from './database.js';
import { HotStatement } from './hot-statement.js';
import type { SqlPart, SqlShape } from './sql-write.js';

type Rows = readonly unknown[];
type Joined = HotStatement<Record<string, unknown>, Record<string, Rows | null>[]>;

/** Parts that are one statement: done together, or not at all, in one round trip. Each combination is built once. */
export class JoinedStatements {
  private readonly statements = new Map<string, Joined>();

  constructor(private readonly connection: DatabaseConnection) {}

  /**
   * @param conditional the others are done only if the first part gives a row
   * @returns the rows that each part gave, through JSON
   */
  async execute(parts: readonly SqlPart[], conditional: boolean): Promise<Rows[]> {
    const shapes = parts.map(({ shape }) => shape);
    const values = parts.flatMap((part, place) =>
      Object.entries(part.values).map(([name, value]): [string, unknown] => [`${place}.${name}`, value]),
    );
    const [row] = await this.statementOf(shapes, conditional).execute(Object.fromEntries<unknown>(values));
    return parts.map((_, place) => row?.[nameOf(place)] ?? []);
  }

  private statementOf(shapes: readonly SqlShape[], conditional: boolean): Joined {
    const key = JSON.stringify([conditional, ...shapes.map(({ name }) => name)]);
    const existing = this.statements.get(key);
    if (existing) return existing;
    const statement = this.build(shapes, conditional);
    this.statements.set(key, statement);
    return statement;
  }

  private build(shapes: readonly SqlShape[], conditional: boolean): Joined {
    const { db } = this.connection;
    const condition = conditional ? sql`exists (select from ${sql.identifier(nameOf(0))})` : sql`true`;
    const parts = shapes.map(({ text }, place) => {
      const provided = place === 0 ? sql`true` : condition;
      const part = text((name) => sql.placeholder(`${place}.${name}`), provided);
      return db.$with(nameOf(place), { value: sql<unknown>`"value"`.as('value') }).as(part);
    });
    const given = shapes.map((_, place): [string, SQL<Rows | null>] => {
      const name = nameOf(place);
      return [name, sql`(select json_agg("value") from ${sql.identifier(name)})`];
    });
    return new HotStatement(
      this.connection,
      db
        .with(...parts)
        .select(Object.fromEntries(given))
        .from(sql`(select) as "once"`),
    );
  }
}

function nameOf(place: number): string {
  return `part_${place}`;
}
