import { Logger } from '@nestjs/common';
import { clockDifference, CLOCKS_APART } from '../database/clock-difference.js';
import type { DatabaseConnection } from '../database/database.js';

/** Warns of a clock that differs from the database's, and so, most likely, from those of other instances. */
export async function checkClock(database: DatabaseConnection): Promise<void> {
  if (!database.shared) return;
  try {
    const ahead = await clockDifference(database);
    if (Math.abs(ahead) < CLOCKS_APART) return;
    const seconds = Math.round(Math.abs(ahead) / 1000);
    new Logger('Start').warn(
      `The clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of the database: other instances may refuse its tokens. Keep both in time.`,
    );
  } catch {
    // The database is asked for more than the time soon, and what it does not answer is told then.
  }
}
