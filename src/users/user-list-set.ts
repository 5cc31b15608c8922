import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { COLUMNS, fitAll, type UserListFilter } from './user-list-filters.js';
import type { UserListOrder } from './user-list-order.js';
import type { UserListPosition } from './user-list.js';
import { users } from './users.table.js';

/** Of a set, so many are all looked at and sorted. */
const FEW = 2_500;
/** As many where looking for them in the order of the list does not find enough. */
const SOME = 10_000;
/** A filter that finds more is no set; it is asked about each user who is in all sets. */
const MANY = 50_000;
/** Beside a set of {@link SOME}, one that finds as many times more: asking about each of the set takes less than reading all of it. */
const TIMES_MORE = 2;
/** Of a set alone that has more, users are found sooner by asking about one after the other. */
const MANY_ALONE = 20_000;
/** How many entries of the list's index are held against a set. */
const FAR = 25_000;

/** What a set gives of a page. */
export interface FoundInSet {
  /** Whether they are from all users after the page before; else from the next of those after `rest`. */
  readonly complete: boolean;
  /** Of those who fit. */
  readonly ids: readonly string[];
}

/** Where users are looked for, and how many. */
interface Wanted {
  readonly after: UserListPosition | undefined;
  readonly wanted: number;
}

/** Users of a list of whom few are meant: those whom each of some filters finds by its own index. */
export class UserListSet {
  static readonly FAR = FAR;

  private constructor(
    private readonly db: Database,
    private readonly order: UserListOrder,
    /** The smallest first. */
    private readonly sets: readonly UserListFilter[],
    private readonly others: readonly UserListFilter[],
  ) {}

  /** @returns undefined if the filters find so many that they should be looked for one after the other */
  static async of(
    db: Database,
    order: UserListOrder,
    filters: readonly UserListFilter[],
  ): Promise<UserListSet | undefined> {
    const counted = await counts(db, filters);
    const sizes = new Map(filters.map((filter, index) => [filter, counted[index] ?? Infinity]));
    const sizeOf = (filter: UserListFilter | undefined) => (filter && sizes.get(filter)) ?? Infinity;
    const many = limitBeside(Math.min(...sizes.values()));
    const small = filters
      .filter((filter) => sizeOf(filter) <= many)
      .toSorted((one, other) => sizeOf(one) - sizeOf(other));
    const sets = sizeOf(small[0]) <= FEW ? small.slice(0, 1) : small;
    const inOrder = filters.find((filter) => filter.inOrder);
    if (sets.length === 0 || (sets.length === 1 && sizeOf(sets[0]) > MANY_ALONE)) return undefined;
    return new UserListSet(
      db,
      order,
      sets,
      filters.filter((filter) => !sets.includes(filter) && filter !== inOrder),
    );
  }

  /**
   * Of few, all who fit; else those among the next entries of the list's index, unless that are not enough and all can be sorted.
   * @param page where the page begins
   * @param rest where those begin who have not been looked at
   */
  async find(page: Wanted, rest: Wanted): Promise<FoundInSet> {
    const ctes = this.sets.map(({ all }, index) => {
      // Not a join, whose order and kind would be guessed. The limit, which is not reached, is what the size is guessed by.
      const known = index === 0 ? sql`true` : inSet(sql`"all"."id"`, `set${index - 1}`);
      return sql`${sql.identifier(`set${index}`)} as materialized (
        select "id" from (${all} limit ${2 * MANY}) as "all" where ${known})`;
    });
    const last = sql.identifier(`set${this.sets.length - 1}`);
    const distinct = this.sets.at(-1)?.eachOnce ? sql`` : sql`distinct`;
    const size = sql`(select count(*) from "distinct")`;
    // Where an index has still to be asked about each, too few would be left of those found on the way.
    const few = this.others.some((filter) => !filter.ofColumns) ? SOME : FEW;
    const [row] = await this.db
      .select({ complete: sql<boolean>`"found"."complete"`, ids: sql<string[]>`"found"."ids"` })
      .from(
        sql`(with ${sql.join(ctes, sql`, `)},
          "distinct" as materialized (select ${distinct} "id" from ${last}),
          "walked" as materialized (${this.walked(rest, sql`${size} > ${few}`)}),
          "complete" as materialized (select ${size} <= ${few}
            or ${size} <= ${SOME} and (select count(*) from "walked") < ${rest.wanted} as "so")
          select (select "so" from "complete"), array_to_json(case when (select "so" from "complete")
            then array(${this.sorted(page, sql`(select "so" from "complete")`)})
            else array(select "id" from "walked") end)) as "found"("complete", "ids")`,
      );
    return row ?? { complete: true, ids: [] };
  }

  private sorted({ after, wanted }: Wanted, condition: SQL): SQL {
    const id = sql`"distinct"."id"`;
    const ofColumns = this.others.filter((filter) => filter.ofColumns);
    const ofId = this.others.filter((filter) => !filter.ofColumns);
    const key = sql`"user"."key"`;
    // What an index of ids answers is asked first, as fetching a user costs more. By the id alone: with a place in the order, its
    // index may be taken for the better way to each of them.
    return sql`select "user"."id" from (
        select ${id} from "distinct" where ${condition} and ${fitAll(ofId, { ...COLUMNS, id })} offset 0
      ) as "fit" cross join lateral (
        select ${COLUMNS.id}, ${this.order.key} as "key" from ${users}
        where ${users.id} = "fit"."id" and ${this.order.part} and ${fitAll(ofColumns, COLUMNS)} offset 0
      ) as "user" where ${this.order.comesAfter(after, key, sql`"user"."id"`)}
      order by ${this.order.by(key, sql`"user"."id"`)} limit ${wanted}`;
  }

  private walked({ after, wanted }: Wanted, condition: SQL): SQL {
    const column = (name: string) =>
      sql`(select "user".${sql.identifier(name)} from ${users} as "user" where "user"."id" = "next"."id")`;
    const fits = fitAll(this.others, {
      id: sql`"next"."id"`,
      disabledAt: column('disabled_at'),
      emailVerifiedAt: column('email_verified_at'),
    });
    return sql`select "next"."id" from (
        select ${COLUMNS.id}, ${this.order.key} as "key" from ${users}
        where ${this.order.after(after)} order by ${this.order.ofUsers} limit ${FAR}
      ) as "next" where ${condition} and ${inSet(sql`"next"."id"`, 'distinct')} and ${fits}
      order by ${this.order.by(sql`"next"."key"`, sql`"next"."id"`)} limit ${wanted}`;
  }
}

/** How many a filter may find to be a set, beside one that finds the fewest. */
function limitBeside(fewest: number): number {
  return fewest <= FEW ? FEW : fewest <= SOME ? TIMES_MORE * fewest : MANY;
}

/**
 * How many each of the filters finds, up to where that does not matter any more: of several of which one finds few, the others
 * are counted no further than that says.
 */
async function counts(db: Database, filters: readonly UserListFilter[]): Promise<readonly number[]> {
  const upTo = (limit: SQL) =>
    filters.map(({ all }) => sql`(select count(*) from (${all} limit ${limit} + 1) as "all")::int`);
  const some = filters.map((_filter, index) => sql`"some".${sql.identifier(`count${index}`)}`);
  const columns = upTo(sql`${SOME}::int`).map(
    (count, index) => sql`${count} as ${sql.identifier(`count${index}`)}`,
  );
  const fewest = sql`least(${sql.join(some, sql`, `)})`;
  const limit = sql`(case when ${fewest} <= ${SOME} then ${TIMES_MORE} * ${fewest} else ${MANY} end)`;
  const counted = upTo(limit).map(
    (count, index) =>
      sql`case when ${fewest} <= ${FEW} or ${some[index]} <= ${SOME} then ${some[index]} else ${count} end`,
  );
  const [row] = await db
    .select({ counted: sql<number[]>`json_build_array(${sql.join(counted, sql`, `)})` })
    .from(sql`(select ${sql.join(columns, sql`, `)} offset 0) as "some"`);
  return row?.counted ?? [];
}

/** By a hash table, made once. */
function inSet(id: SQL, set: string): SQL {
  return sql`(${id} in (select "id" from ${sql.identifier(set)})) is true`;
}
