import { Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { DatabaseConnection } from '../database/database.js';

/** What machines that are kept in time never differ by. Milliseconds. */
const APART = 2_000;

/** Warns of a clock that differs from the database's, and so, most likely, from those of other instances. */
export async function checkClock(database: DatabaseConnection): Promise<void> {
  if (!database.shared) return;
  try {
    const asked = Date.now();
    const statement = sql`select extract(epoch from clock_timestamp()) * 1000 as now`;
    const { rows } = (await database.db.execute(statement)) as { rows: { now: unknown }[] };
    const [row] = rows;
    const ahead = (asked + Date.now()) / 2 - Number(row?.now);
    if (Math.abs(ahead) < APART) return;
    const seconds = Math.round(Math.abs(ahead) / 1000);
    new Logger('Start').warn(
      `The clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of the database: other instances may refuse its tokens. Keep both in time.`,
    );
  } catch {
    // The database is asked for more than the time soon, and what it does not answer is told then.
  }
}
