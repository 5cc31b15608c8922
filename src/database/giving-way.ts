import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_NOT_AVAILABLE = '55P03';
/**
 * Requests wait behind a migration that waits for a table. And where the two wait for each other it is the migration that gives up, before
 * PostgreSQL looks for deadlocks (`deadlock_timeout`, a second) and ends whichever it finds. Milliseconds, as below.
 */
export const MIGRATION_PATIENCE = 400;
const MIGRATION_PAUSE = 200;

/**
 * Migrates beside the requests of other instances: again, after a pause, until it gets the locks that it needs.
 * @param isMigrated whether there is anything to do, still
 * @param migrate in one transaction with a `lock_timeout` of `MIGRATION_PATIENCE`, which it rolls back where it fails
 */
export async function givingWay(
  isMigrated: () => Promise<boolean>,
  migrate: () => Promise<void>,
): Promise<void> {
  if (await isMigrated()) return;
  try {
    return await migrate();
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
  }
  await sleep(MIGRATION_PAUSE);
  await givingWay(isMigrated, migrate);
}
