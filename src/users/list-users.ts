import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { COLUMNS, type UserListFilter, filtersOf } from './user-list-filters.js';
import { UserListOrder } from './user-list-order.js';
import type { UserList, UserListPosition, UserListQuery } from './user-list.js';
import { toUser, type UserRow, WHOLE_USER } from './user-rows.js';
import { users } from './users.table.js';

/** How many users are looked at one after the other before it is asked whether few are meant. */
const NEAR = 1_500;
/** So many are few: they are all found by an index, and sorted. */
const FEW = 10_000;
/** How many are looked at after that. What is not found then is left for the next page. */
const FAR = 10_000;

/**
 * Many users who fit are found soon by looking at one after the other in the order of the list, few by the index of what is asked
 * for. What is done for a page is bounded, whatever is asked.
 * @see UserDirectory.list
 */
export async function listUsers(db: Database, query: UserListQuery): Promise<UserList> {
  const filters = await filtersOf(db, query);
  return filters ? new ListedUsers(db, query, filters).find() : { users: [], next: undefined };
}

class ListedUsers {
  private readonly order: UserListOrder;

  constructor(
    private readonly db: Database,
    private readonly query: UserListQuery,
    private readonly filters: readonly UserListFilter[],
  ) {
    this.order = new UserListOrder(query);
  }

  async find(): Promise<UserList> {
    const { limit, after } = this.query;
    if (this.filters.length === 0) return this.page(await this.walk(after, limit + 1, limit + 1));
    const near = await this.walk(after, NEAR, limit + 1);
    const from = near.length > limit ? undefined : await this.positionAfter(after, NEAR);
    if (!from) return this.page(near);
    const few = await this.few();
    if (few) return this.page(await this.among(few));
    const found = [...near, ...(await this.walk(from, FAR, limit + 1 - near.length))];
    const end = found.length > limit ? undefined : await this.positionAfter(from, FAR);
    return this.page(found, end);
  }

  /** @param rows one more than the page holds, if there are as many */
  private page(rows: readonly UserRow[], end?: UserListPosition): UserList {
    const { limit } = this.query;
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      users: rows.slice(0, limit).map(toUser),
      next: last ? this.order.positionOf(last) : end,
    };
  }

  /** Those who fit among the next of all users. @param wanted how many at most */
  private walk(after: UserListPosition | undefined, steps: number, wanted: number): Promise<UserRow[]> {
    const column = (name: string) => sql`"next".${sql.identifier(name)}`;
    const fits = this.fit({
      id: column('id'),
      disabledAt: column('disabled_at'),
      emailVerifiedAt: column('email_verified_at'),
    });
    return this.whole(sql`
      select "next"."id" from (
        select ${users.id}, ${users.disabledAt}, ${users.emailVerifiedAt}, ${this.order.key} as "key" from ${users}
        where ${this.order.after(after)} order by ${this.order.ofUsers} limit ${steps}
      ) as "next"
      where ${fits} order by ${this.order.by(column('key'), column('id'))} limit ${wanted}`);
  }

  /** Those who fit among all that a filter finds. */
  private among(filter: UserListFilter): Promise<UserRow[]> {
    return this.whole(sql`
      select ${users.id} from ${users} join (select distinct "id" from (${filter.all}) as "all") as "few" on "few"."id" = ${users.id}
      where ${this.order.after(this.query.after)} and ${this.fit(COLUMNS)}
      order by ${this.order.ofUsers} limit ${this.query.limit + 1}`);
  }

  private fit(columns: typeof COLUMNS): SQL {
    return sql.join([sql`true`, ...this.filters.map(({ fits }) => fits(columns))], sql` and `);
  }

  /** The filter that finds the fewest users, if they are few. */
  private async few(): Promise<UserListFilter | undefined> {
    const counts = this.filters.map(
      ({ all }) => sql`(select count(*) from (${all} limit ${FEW + 1}) as "all")::int`,
    );
    const counted = sql<number[]>`json_build_array(${sql.join(counts, sql`, `)})`;
    const [row] = await this.db.select({ counted }).from(sql`(select) as "once"`);
    const found = row?.counted ?? [];
    const least = Math.min(...found);
    return least > FEW ? undefined : this.filters[found.indexOf(least)];
  }

  /** The place after so many more users; undefined if there are fewer. */
  private async positionAfter(
    after: UserListPosition | undefined,
    steps: number,
  ): Promise<UserListPosition | undefined> {
    const [last] = await this.whole(sql`
      select ${users.id} from ${users} where ${this.order.after(after)}
      order by ${this.order.ofUsers} limit 1 offset ${steps - 1}`);
    return last && this.order.positionOf(last);
  }

  /** @param page selects ids */
  private async whole(page: SQL): Promise<UserRow[]> {
    return this.db
      .select(WHOLE_USER)
      .from(users)
      .innerJoin(sql`(${page}) as "page"`, eq(sql`"page"."id"`, users.id))
      .orderBy(this.order.ofUsers);
  }
}
