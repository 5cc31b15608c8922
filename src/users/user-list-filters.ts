import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { ownName } from '../database/own-schema.js';
import type { UserFilter } from './user-list.js';
import { userRoles, users, userWords } from './users.table.js';

/** Columns of a user, by which filters decide. */
export interface FilteredColumns {
  readonly id: SQL;
  readonly disabledAt: SQL;
  readonly emailVerifiedAt: SQL;
}

/** One condition of a list, for which there is an index. */
export interface UserListFilter {
  /** Whether a user is one of those. */
  readonly fits: (user: FilteredColumns) => SQL;
  /** Selects the ids of all of them from the index; of a user perhaps several times, unless `eachOnce`. */
  readonly all: SQL;
  readonly eachOnce?: boolean;
  /** Whether `fits` reads the columns of a user beyond the id. */
  readonly ofColumns?: boolean;
  /** Of the table `users`: all of them are in an index for each order. */
  readonly inOrder?: SQL;
}

/** Whether a user is one of those whom each filter finds. Asked of one after the other, hence not to be made a join. */
export function fitAll(filters: readonly UserListFilter[], user: FilteredColumns): SQL {
  return sql.join([sql`true`, ...filters.map(({ fits }) => fits(user))], sql` and `);
}

/** Those of a row of `users`. */
export const COLUMNS: FilteredColumns = {
  id: sql`${users.id}`,
  disabledAt: sql`${users.disabledAt}`,
  emailVerifiedAt: sql`${users.emailVerifiedAt}`,
};

/** Comes after all letters. */
const LAST_CHARACTER = '\u{10FFFF}';

/** @returns undefined if no user can be found */
export async function filtersOf(
  db: Database,
  { search, role, disabled, verified }: UserFilter,
): Promise<UserListFilter[] | undefined> {
  const words = search === undefined ? [] : await wordsOf(db, search);
  if (search !== undefined && words.length === 0) return undefined;
  return [
    ...words.map(withWord),
    ...(role === undefined ? [] : [withRole(role)]),
    ...(disabled === undefined ? [] : [disabled ? DISABLED : ENABLED]),
    ...(verified === undefined ? [] : [verified ? VERIFIED : UNVERIFIED]),
  ];
}

/** As they are compared: what users are found by is made of their names by the same function. */
async function wordsOf(db: Database, search: string): Promise<string[]> {
  const words = sql<string[]>`array_to_json(${ownName('latchkey_search_words')}(${search}::text, false))`;
  const [row] = await db.select({ words }).from(sql`(select) as "once"`);
  return [...new Set(row?.words)];
}

function withWord(word: string): UserListFilter {
  const begins = sql`${userWords.word} >= ${word} and ${userWords.word} < ${word + LAST_CHARACTER}`;
  return {
    // By the user alone, as "is true" keeps the words out of it: the index of words may be taken for as good a way to one of a user, and
    // would be read from the word on, for each user.
    fits: ({ id }) =>
      sql`exists (select from ${userWords} where ${userWords.userId} = ${id} and (${begins}) is true offset 0)`,
    all: sql`select ${userWords.userId} as "id" from ${userWords} where ${begins}`,
  };
}

function withRole(role: string): UserListFilter {
  const has = sql`${userRoles.role} = ${role}`;
  return {
    fits: ({ id }) =>
      sql`exists (select from ${userRoles} where ${userRoles.userId} = ${id} and ${has} offset 0)`,
    all: sql`select ${userRoles.userId} as "id" from ${userRoles} where ${has}`,
    eachOnce: true,
  };
}

const DISABLED = byState(({ disabledAt }) => sql`${disabledAt} is not null`, true);
const ENABLED = byState(({ disabledAt }) => sql`${disabledAt} is null`);
const VERIFIED = byState(({ emailVerifiedAt }) => sql`${emailVerifiedAt} is not null`);
const UNVERIFIED = byState(({ emailVerifiedAt }) => sql`${emailVerifiedAt} is null`, true);

function byState(fits: UserListFilter['fits'], inOrder = false): UserListFilter {
  const all = sql`select ${users.id} as "id" from ${users} where ${fits(COLUMNS)}`;
  return { fits, all, eachOnce: true, ofColumns: true, ...(inOrder && { inOrder: fits(COLUMNS) }) };
}
