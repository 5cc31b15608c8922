import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import type { UserListFilter } from './user-list-filters.js';

/**
 * How many each of the filters finds, up to where that does not matter any more.
 * @param some is counted first; where one finds no more than that, the others are counted no further
 * @param many is counted at most
 */
export async function countEach(
  db: Database,
  filters: readonly UserListFilter[],
  { some, many }: { some: number; many: number },
): Promise<readonly number[]> {
  const upTo = (limit: number) =>
    filters.map(({ all }) => sql`(select count(*) from (${all} limit ${limit + 1}) as "all")::int`);
  const counted = filters.map((_filter, index) => sql`"some".${sql.identifier(`count${index}`)}`);
  const columns = upTo(some).map((count, index) => sql`${count} as ${sql.identifier(`count${index}`)}`);
  const further = upTo(many).map(
    (count, index) =>
      sql`case when least(${join(counted)}) <= ${some} or ${counted[index]} <= ${some} then ${counted[index]} else ${count} end`,
  );
  const [row] = await db
    .select({ counted: sql<number[]>`json_build_array(${join(further)})` })
    .from(sql`(select ${join(columns)} offset 0) as "some"`);
  return row?.counted ?? [];
}

const join = (parts: SQL[]) => sql.join(parts, sql`, `);
