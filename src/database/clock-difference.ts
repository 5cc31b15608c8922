import { sql } from 'drizzle-orm';
import type { DatabaseConnection } from './database.js';

/** What machines that are kept in time never differ by. Milliseconds. */
export const CLOCKS_APART = 2_000;

/** @returns by how much the clock of this machine is ahead of the database's; milliseconds, negative where it is behind */
export async function clockDifference(database: DatabaseConnection): Promise<number> {
  const asked = Date.now();
  const statement = sql`select extract(epoch from clock_timestamp()) * 1000 as now`;
  const { rows } = (await database.db.execute(statement)) as { rows: { now: unknown }[] };
  const [row] = rows;
  return (asked + Date.now()) / 2 - Number(row?.now);
}
