import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { countEach } from './user-list-counts.js';
import { COLUMNS, fitAll, type UserListFilter } from './user-list-filters.js';
import { inSet, type ReadFilter, UserListIntersection } from './user-list-intersection.js';
import type { UserListOrder } from './user-list-order.js';
import type { UserListPosition } from './user-list.js';
import { users } from './users.table.js';

/** Of a set, so many are all looked at and sorted. */
const FEW = 2_500;
/** As many where looking for them in the order of the list does not find enough. */
const SOME = 10_000;
/** A filter that finds more is no set; it is asked about each user who is in all sets. */
const MANY = 50_000;
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
    private readonly sets: readonly ReadFilter[],
    private readonly others: readonly UserListFilter[],
  ) {}

  /** @returns undefined if the filters find so many that they should be looked for one after the other */
  static async of(
    db: Database,
    order: UserListOrder,
    filters: readonly UserListFilter[],
  ): Promise<UserListSet | undefined> {
    const counted = await countEach(db, filters, {
      some: SOME,
      many: filters.length === 1 ? MANY_ALONE : MANY,
    });
    const sizes = new Map(filters.map((filter, index) => [filter, counted[index] ?? Infinity]));
    const sizeOf = (filter: UserListFilter | undefined) => (filter && sizes.get(filter)) ?? Infinity;
    const bySize = filters.toSorted((one, other) => sizeOf(one) - sizeOf(other));
    const fewest = sizeOf(bySize[0]);
    const sets = setsOf(bySize, sizeOf);
    if (sets.length === 0 || (sets.length === 1 && fewest > MANY_ALONE)) return undefined;
    const inOrder = filters.find((filter) => filter.inOrder);
    const isRead = new Set(sets.map(({ filter }) => filter));
    return new UserListSet(
      db,
      order,
      sets,
      filters.filter((filter) => !isRead.has(filter) && filter !== inOrder),
    );
  }

  /**
   * Of few, all who fit; else those among the next entries of the list's index, unless that are not enough and all can be sorted.
   * @param page where the page begins
   * @param rest where those begin who have not been looked at
   */
  async find(page: Wanted, rest: Wanted): Promise<FoundInSet> {
    const { ctes } = new UserListIntersection(this.sets, MANY);
    const size = sql`(select count(*) from "distinct")`;
    // Where an index has still to be asked about each, too few would be left of those found on the way.
    const few = this.others.some((filter) => !filter.ofColumns) ? SOME : FEW;
    const [row] = await this.db
      .select({ complete: sql<boolean>`"found"."complete"`, ids: sql<string[]>`"found"."ids"` })
      .from(
        sql`(with ${sql.join(ctes, sql`, `)},
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

/** Whose indexes are read: of few, one alone; of some, all that find no user by a row of their own; else those that find no more than many. */
function setsOf(
  bySize: readonly UserListFilter[],
  sizeOf: (filter: UserListFilter | undefined) => number,
): ReadFilter[] {
  const fewest = sizeOf(bySize[0]);
  const limit = fewest <= SOME ? SOME : MANY;
  const counted = bySize.filter((filter) => sizeOf(filter) <= limit);
  if (fewest <= FEW) return counted.slice(0, 1).map((filter) => ({ filter, size: fewest }));
  const others = fewest <= SOME ? bySize.filter((filter) => sizeOf(filter) > SOME && !filter.ofColumns) : [];
  return [
    ...counted.map((filter) => ({ filter, size: sizeOf(filter) })),
    ...others.map((filter) => ({ filter, size: undefined })),
  ];
}
