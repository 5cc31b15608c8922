import { type SQL, sql } from 'drizzle-orm';
import type { UserRow } from './user-rows.js';
import type { UserListPosition, UserListQuery, UserSort } from './user-list.js';
import { users } from './users.table.js';

/** What an index of `users` is in the order of, and how a place in it is named. */
interface SortKey {
  readonly expression: SQL;
  readonly valueOf: (key: string | null) => SQL;
  readonly keyOf: (row: UserRow) => string | null;
}

const KEYS: Readonly<Record<UserSort, SortKey>> = {
  createdAt: {
    expression: sql`${users.createdAt}`,
    valueOf: (key) => sql`${key}::timestamptz`,
    keyOf: ({ createdAt }) => createdAt.toISOString(),
  },
  email: {
    expression: sql`${users.emailKey} collate "C"`,
    valueOf: (key) => sql`${key}::text`,
    keyOf: ({ emailKey }) => emailKey,
  },
  lastLoginAt: {
    expression: sql`coalesce(${users.lastLoginAt}, '-infinity'::timestamptz)`,
    valueOf: (key) => sql`${key ?? '-infinity'}::timestamptz`,
    keyOf: ({ lastLoginAt }) => lastLoginAt?.toISOString() ?? null,
  },
};

/** The order of a list of users, in SQL. */
export class UserListOrder {
  private readonly sort: SortKey;
  private readonly direction: SQL;
  private readonly comparison: SQL;

  /** @param part which users there are in the list's index, if it is one for a part of them */
  constructor(
    { sort, descending }: Pick<UserListQuery, 'sort' | 'descending'>,
    readonly part: SQL = sql`true`,
  ) {
    this.sort = KEYS[sort];
    this.direction = sql.raw(descending ? 'desc' : 'asc');
    this.comparison = sql.raw(descending ? '<' : '>');
  }

  /** What rows of `users` are sorted by. */
  get key(): SQL {
    return this.sort.expression;
  }

  /** Rows of `users`. */
  get ofUsers(): SQL {
    return this.by(this.sort.expression, sql`${users.id}`);
  }

  /** Of what has been selected with its key. */
  by(key: SQL, id: SQL): SQL {
    return sql`${key} ${this.direction}, ${id} ${this.direction}`;
  }

  /** Rows of `users` that are in the list's index and come after a place. */
  after(position: UserListPosition | undefined): SQL {
    return sql`${this.part} and ${this.comesAfter(position, this.sort.expression, sql`${users.id}`)}`;
  }

  /** What has been selected with its key and comes after a place. */
  comesAfter(position: UserListPosition | undefined, key: SQL, id: SQL): SQL {
    if (!position) return sql`true`;
    return sql`(${key}, ${id}) ${this.comparison} (${this.sort.valueOf(position.key)}, ${position.id}::uuid)`;
  }

  positionOf(row: UserRow): UserListPosition {
    return { key: this.sort.keyOf(row), id: row.id };
  }
}
