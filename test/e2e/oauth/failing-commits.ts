import type { INestApplicationContext } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { DatabaseConnection } from '../../../src/database/database.js';

/**
 * As a disk that is full, or a connection that is lost: all was written, and then it is not.
 * @param table one whose rows are changed by what is asked for
 */
export async function withFailingCommits(
  app: INestApplicationContext,
  table: string,
  request: () => Promise<void>,
): Promise<void> {
  const { db } = app.get(DatabaseConnection, { strict: false });
  const named = sql.identifier(table);
  await db.execute(sql`create or replace function latchkey.refuse_commit() returns trigger language plpgsql as
    $$ begin raise exception 'The disk is full.'; end $$`);
  await db.execute(sql`create constraint trigger refuse_commit after insert or update or delete on latchkey.${named}
    deferrable initially deferred for each row execute function latchkey.refuse_commit()`);
  try {
    await request();
  } finally {
    await db.execute(sql`drop trigger refuse_commit on latchkey.${named}`);
  }
}
