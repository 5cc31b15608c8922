import { type SQL, sql } from 'drizzle-orm';
import { COLUMNS, type UserListFilter } from './user-list-filters.js';
import { users } from './users.table.js';

/** Reading so many entries of an index takes as long as asking it about one user. */
const TIMES_MORE = 12;
/** Of a filter that is thought to find as many times more, reading may go too far, for nothing. */
const SURELY_MORE = 9;
/** Of those whom one filter finds, about so many are asked about to see how many of all the other finds. */
const SAMPLE = 250;

/** A filter whose index is read, to the end or no further than that is worth it. */
export interface ReadFilter {
  readonly filter: UserListFilter;
  /** How many it finds; undefined: not counted to the end. */
  readonly size: number | undefined;
}

/** Ids of the users whom each of several filters finds. */
export class UserListIntersection {
  /** Parts of a `with` that ends in `distinct`, each id once. */
  readonly ctes: SQL[] = [];

  /**
   * @param read the smallest first, which has been counted
   * @param most no filter that has been counted finds more
   */
  constructor(
    read: readonly ReadFilter[],
    private readonly most: number,
  ) {
    const smallest = read[0]?.size ?? most;
    for (const [index, { filter, size }] of read.entries()) {
      if (index === 0 || size !== undefined) this.readAll(filter, index);
      else this.readOrAsk(filter, index, smallest);
    }
    const last = read.at(-1);
    const eachOnce = last?.filter.eachOnce === true && last.size !== undefined;
    this.ctes.push(sql`"distinct" as materialized (
      select ${eachOnce ? sql`` : sql`distinct`} "id" from ${set(read.length - 1)})`);
  }

  private readAll({ all }: UserListFilter, index: number): void {
    // Not a join, whose order and kind would be guessed. The limit, which is not reached, is what the size is guessed by.
    const known = index === 0 ? sql`true` : inSet(sql`"all"."id"`, `set${index - 1}`);
    this.ctes.push(sql`${set(index)} as materialized (
      select "id" from (${all} limit ${2 * this.most}) as "all" where ${known})`);
  }

  /**
   * Asking an index about one user touches a page of it, as reading a hundred entries does. So users who are found among many are asked
   * about only where the filter finds too many, by a guess from a sample; and where it finds more than is worth reading after all.
   */
  private readOrAsk({ all, fits }: UserListFilter, index: number, smallest: number): void {
    const before = set(index - 1);
    const [rare, read] = ['rare', 'read'].map((name) => sql.identifier(`${name}${index}`));
    const isFit = fits({ ...COLUMNS, id: sql`"before"."id"` });
    const limit = sql`(select "limit" from ${rare})`;
    const isRead = sql`(select "so" from ${rare}) and (select "size" from ${read}) <= ${limit}`;
    const size = index === 1 ? sql`${smallest}::int` : sql`(select count(*)::int from ${before})`;
    this.ctes.push(
      sql`${rare} as materialized (
        select ${TIMES_MORE} * "size" as "limit",
          (select count(*) filter (where ${isFit}) * ${ALL_USERS} <= ${SURELY_MORE} * "size" * count(*)
            from ${before} as "before" where mod(uuid_hash("before"."id"), "size" / ${SAMPLE} + 1) = 0) as "so"
        from (select ${size} as "size" offset 0) as "of_before")`,
      sql`${read} as materialized (
        select count(*) as "size", array_agg("all"."id") filter (where ${inSet(sql`"all"."id"`, `set${index - 1}`)}) as "ids"
        from (${all} limit ${limit} + 1) as "all" where (select "so" from ${rare}))`,
      sql`${set(index)} as materialized (
        select unnest("ids") as "id" from ${read} where ${isRead}
        union all select "before"."id" from ${before} as "before" where (${isRead}) is not true and ${isFit})`,
    );
  }
}

/** How many users there are, as PostgreSQL last counted; before that, so many that a tenth of them are too many. */
const ALL_USERS = sql`coalesce((select nullif(greatest("reltuples", 0), 0)::float8 from "pg_class"
  where "oid" = (select "tableoid" from ${users} limit 1)), ${10 * SURELY_MORE} * "size")`;

/** By a hash table, made once. */
export function inSet(id: SQL, name: string): SQL {
  return sql`(${id} in (select "id" from ${sql.identifier(name)})) is true`;
}

const set = (index: number) => sql.identifier(`set${index}`);
