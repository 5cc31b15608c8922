import { sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { filtersOf, type UserListFilter } from './user-list-filters.js';
import { UserListOrder } from './user-list-order.js';
import { UserListReader } from './user-list-reader.js';
import { UserListSet } from './user-list-set.js';
import type { UserList, UserListPosition, UserListQuery } from './user-list.js';
import { toUser, type UserRow } from './user-rows.js';

/** How many users are looked at one after the other before it is asked how many are meant. */
const NEAR = 1_500;
/** How many are looked at after that where very many are. What is not found then is left for the next page. */
const FAR = 10_000;

/** For statements that say by which index they go, and are bounded: what is guessed, compiled or shared out makes them slower. */
const PLANS = {
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  work_mem: '16MB',
};

/**
 * Many users who fit are found soon by looking at one after the other in the order of the list, few by the index of what is asked
 * for. What is done for a page is bounded, whatever is asked.
 * @see UserDirectory.list
 */
export async function listUsers(db: Database, query: UserListQuery): Promise<UserList> {
  const filters = await filtersOf(db, query);
  return filters ? new ListedUsers(query, filters).find(db) : { users: [], next: undefined };
}

class ListedUsers {
  private readonly order: UserListOrder;
  private readonly wanted: number;

  constructor(
    private readonly query: UserListQuery,
    private readonly filters: readonly UserListFilter[],
  ) {
    const inOrder = filters.find((filter) => filter.inOrder);
    this.order = new UserListOrder(query, inOrder?.inOrder);
    this.wanted = query.limit + 1;
  }

  async find(db: Database): Promise<UserList> {
    const { filters, wanted } = this;
    const { after } = this.query;
    const reader = new UserListReader(db, this.order);
    if (filters.length === 0) return this.page(await reader.walk(after, wanted, filters, wanted));
    const near = await reader.walk(after, NEAR, filters, wanted);
    const from = near.length < wanted ? await reader.positionAfter(after, NEAR) : undefined;
    if (!from) return this.page(near);
    return db.transaction(async (transaction) => {
      const settings = Object.entries(PLANS).map(([name, value]) => sql`set_config(${name}, ${value}, true)`);
      await transaction.execute(sql`select ${sql.join(settings, sql`, `)}`);
      return this.findFurther(transaction, near, from);
    });
  }

  private async findFurther(
    db: Database,
    near: readonly UserRow[],
    from: UserListPosition,
  ): Promise<UserList> {
    const { filters, wanted } = this;
    const { after } = this.query;
    const reader = new UserListReader(db, this.order);
    const missing = wanted - near.length;
    const set = await UserListSet.of(db, this.order, filters);
    if (!set) {
      const rows = [...near, ...(await reader.walk(from, FAR, filters, missing))];
      return this.page(rows, rows.length < wanted ? await reader.positionAfter(from, FAR) : undefined);
    }
    const found = await set.find({ after, wanted }, { after: from, wanted: missing });
    const rows = await reader.whole(found.ids);
    if (found.complete) return this.page(rows);
    if (rows.length === missing) return this.page([...near, ...rows]);
    return this.page([...near, ...rows], await reader.positionAfter(from, UserListSet.FAR));
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
}
