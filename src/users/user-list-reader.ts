import { inArray, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { COLUMNS, fitAll, type UserListFilter } from './user-list-filters.js';
import type { UserListOrder } from './user-list-order.js';
import type { UserListPosition } from './user-list.js';
import { type UserRow, WHOLE_USER } from './user-rows.js';
import { users } from './users.table.js';

/** Reads users in the order of a list. */
export class UserListReader {
  constructor(
    private readonly db: Database,
    private readonly order: UserListOrder,
  ) {}

  /** Those who fit among the next of all users, looked at one after the other. @param wanted how many at most */
  async walk(
    after: UserListPosition | undefined,
    steps: number,
    filters: readonly UserListFilter[],
    wanted: number,
  ): Promise<UserRow[]> {
    const column = (name: string) => sql`"next".${sql.identifier(name)}`;
    const fits = fitAll(filters, {
      id: column('id'),
      disabledAt: column('disabled_at'),
      emailVerifiedAt: column('email_verified_at'),
    });
    const page = sql`
      select "next"."id" from (
        select ${COLUMNS.id}, ${COLUMNS.disabledAt}, ${COLUMNS.emailVerifiedAt}, ${this.order.key} as "key" from ${users}
        where ${this.order.after(after)} order by ${this.order.ofUsers} limit ${steps}
      ) as "next"
      where ${fits} order by ${this.order.by(column('key'), column('id'))} limit ${wanted}`;
    return this.db
      .select(WHOLE_USER)
      .from(users)
      .innerJoin(sql`(${page}) as "page"`, sql`"page"."id" = ${users.id}`)
      .orderBy(this.order.ofUsers);
  }

  /** The place after so many more of all users; undefined if there are fewer. */
  async positionAfter(
    after: UserListPosition | undefined,
    steps: number,
  ): Promise<UserListPosition | undefined> {
    const ids = this.db
      .select({ id: users.id })
      .from(users)
      .where(this.order.after(after))
      .orderBy(this.order.ofUsers)
      .limit(1)
      .offset(steps - 1);
    const [last] = await this.db.select(WHOLE_USER).from(users).where(inArray(users.id, ids));
    return last && this.order.positionOf(last);
  }

  /** Those with one of a few ids. */
  async whole(ids: readonly string[]): Promise<UserRow[]> {
    if (ids.length === 0) return [];
    return this.db
      .select(WHOLE_USER)
      .from(users)
      .where(inArray(users.id, [...ids]))
      .orderBy(this.order.ofUsers);
  }
}
