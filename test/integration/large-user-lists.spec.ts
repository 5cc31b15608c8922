import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/database/database.js';
import { ownName } from '../../src/database/own-schema.js';
import { listUsers } from '../../src/users/list-users.js';
import type { User } from '../../src/users/user.js';
import type { UserListPosition, UserListQuery, UserSort } from '../../src/users/user-list.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';

const USERS = 32_000;

/** Several came, and several last logged in, at the same moment; a third never did. */
const SEED = [
  sql`insert into ${ownName('roles')} ("name", "scopes", "description")
    select unnest('{rare,some,latest,later}'::text[]), '{}', ''`,
  sql`alter table ${ownName('users')} disable trigger user`,
  sql`insert into ${ownName('users')} ("id", "name", "email", "email_key", "email_verified_at", "password_hash",
      "password_change_required", "disabled_at", "last_login_at", "attributes", "created_at", "updated_at")
    select md5('user ' || n)::uuid, 'N' || n % 10, n % 1000 || '-' || n || '@x', n % 1000 || '-' || n || '@x',
      case when n % 9 > 0 then now() end, '', false, case when n % 50 = 0 then now() end,
      case when n % 3 > 0 then '2026-01-01Z'::timestamptz + n % 5000 * interval '1 minute' end, '{}',
      '2025-01-01Z'::timestamptz + n / 7 * interval '1 minute', now()
    from generate_series(1, ${USERS}) n`,
  sql`alter table ${ownName('users')} enable trigger user`,
  sql`insert into ${ownName('user_words')} ("user_id", "word")
    select md5('user ' || n)::uuid, word from generate_series(1, ${USERS}) n,
      lateral unnest(array['n' || n % 10] || case when n % 12 = 5 then array['also', 'alsace'] else '{}' end
        || case when n % 8 <> 1 or n % 160 = 1 then array['seldom'] else '{}' end
        || case when n % 8 <> 1 then array['wilda', 'wildb'] when n % 160 = 1 then array['wildz'] else '{}' end
        || case when n % 8 <> 1 and n % 2 = 1 or n % 40 = 1 then array['often'] else '{}' end) word`,
  sql`insert into ${ownName('user_roles')} ("user_id", "role")
    select md5('user ' || n)::uuid, role from generate_series(1, ${USERS}) n, lateral (values
      ('rare', n % 100 = 3), ('some', n % 8 = 1), ('latest', n > 28600), ('later', n > 11600)) as of_them(role, has) where has`,
  sql`analyze`,
];

type Query = Omit<UserListQuery, 'limit' | 'after' | 'sort' | 'descending'>;

/** By the number of a user. */
const QUESTIONS: [string, Query, (n: number) => boolean][] = [
  ['all', {}, () => true],
  ['disabled', { disabled: true }, (n) => n % 50 === 0],
  ['unverified', { verified: false }, (n) => n % 9 === 0],
  ['disabled and unverified', { disabled: true, verified: false }, (n) => n % 450 === 0],
  ['of a role that few have', { role: 'rare' }, (n) => n % 100 === 3],
  ['of a role that one in eight has', { role: 'some' }, (n) => n % 8 === 1],
  ['of a role that the latest have', { role: 'latest' }, (n) => n > 28_600],
  ['of a role that most have, none of the first', { role: 'later' }, (n) => n > 11_600],
  ['with a word of two beginnings', { search: 'als' }, (n) => n % 12 === 5],
  ['with two words', { search: 'al n3' }, (n) => n % 12 === 5 && n % 10 === 3],
  ['with a word, of a role', { search: 'n9', role: 'some' }, (n) => n % 10 === 9 && n % 8 === 1],
  [
    'with a word, of a role, disabled',
    { search: 'n0', role: 'later', disabled: true },
    (n) => n % 50 === 0 && n > 11_600,
  ],
  [
    'of a role, not disabled, verified',
    { role: 'latest', disabled: false, verified: true },
    (n) => n > 28_600 && n % 50 > 0 && n % 9 > 0,
  ],
  // Of a role of 4,000, of whom few are near: a word is read, and what is found twice as often read too far and then asked about.
  ['with a word that few of a role have', { search: 'seldom', role: 'some' }, (n) => n % 160 === 1],
  ['with two such words', { search: 'wild sel', role: 'some' }, (n) => n % 160 === 1],
  ['with words that few of a role have', { search: 'wild', role: 'some' }, (n) => n % 160 === 1],
  ['with a word that many of a role have', { search: 'often', role: 'some' }, (n) => n % 40 === 1],
  [
    'with such words, verified',
    { search: 'oft n1', role: 'some', verified: true },
    (n) => n % 40 === 1 && n % 9 > 0,
  ],
  ['with no such word', { search: 'n1 zzz' }, () => false],
];

const SORTS: UserSort[] = ['createdAt', 'email', 'lastLoginAt'];

/** More than are looked at one after the other. */
describeOnEachDatabase('Lists of very many users', (open) => {
  let opened: DatabaseUnderTest;
  let db: Database;
  let numberOf: Map<string, number>;
  let everyone: User[];
  let orders: Record<UserSort, number[]>;

  beforeAll(async () => {
    opened = await open();
    ({ db } = opened.connections[0]);
    await SEED.reduce(async (before, statement) => {
      await before;
      await db.execute(statement);
    }, Promise.resolve());
    everyone = await allPages({ sort: 'createdAt', descending: false, limit: 10_000 });
    numberOf = new Map(everyone.map(({ id, email }) => [id, Number(email.split(/[-@]/)[1])]));
    orders = {
      createdAt: inOrderOf('createdAt'),
      email: inOrderOf('email'),
      lastLoginAt: inOrderOf('lastLoginAt'),
    };
  }, 240_000);
  afterAll(async () => {
    await opened?.remove();
  });

  async function allPages(
    query: UserListQuery,
    between: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<User[]> {
    const { users, next } = await listUsers(db, query);
    if (!next) return [...users];
    await between();
    return [...users, ...(await allPages({ ...query, after: next }, between))];
  }

  /** Everyone, forwards. */
  const inOrderOf = (sort: UserSort) => {
    const keyOf = (user: User) => (sort === 'email' ? user.email : (user[sort]?.toISOString() ?? ''));
    return everyone
      .map(({ id, ...user }) => ({ id, key: `${keyOf({ id, ...user })} ${id}` }))
      .toSorted((one, other) => (one.key < other.key ? -1 : 1))
      .map(({ id }) => numberOf.get(id) ?? 0);
  };

  it('hold every user', () => {
    expect(everyone).toHaveLength(USERS);
  });

  it.each(QUESTIONS)('find those who are %s, in each order', async (_, filter, fits) => {
    for (const sort of SORTS) {
      for (const descending of [false, true]) {
        const forwards = orders[sort].filter(fits);
        const expected = descending ? forwards.toReversed() : forwards;
        const found: User[] = [];
        let after: UserListPosition | undefined;
        for (let page = 0; found.length < Math.min(120, expected.length) && page < 9; page += 1) {
          const { users, next } = await listUsers(db, {
            ...filter,
            sort,
            descending,
            limit: 50,
            ...(after && { after }),
          });
          found.push(...users);
          if (!next) break;
          after = next;
        }
        expect(found.map(({ id }) => numberOf.get(id))).toEqual(expected.slice(0, found.length));
        expect(found.length).toBeGreaterThanOrEqual(Math.min(120, expected.length));
      }
    }
  });

  it.each(SORTS)('by %s, show who stays once, while others with the same key come and go', async (sort) => {
    const key =
      sort === 'email'
        ? sql`"email_key"`
        : sql.identifier(sort === 'createdAt' ? 'created_at' : 'last_login_at');
    const columns = sql`"name", "email_verified_at", "password_hash", "password_change_required", "disabled_at", "last_login_at",
      "attributes", "created_at", "updated_at"`;
    const come = sql`with "came" as (
        insert into ${ownName('users')} ("id", "email", "email_key", ${columns})
        select gen_random_uuid(), "email" || random(), "email_key" || random(), ${columns} from ${ownName('users')}
        where "email" not like '%@x0%' order by ${key} limit 40 returning "id"
      ) insert into ${ownName('user_roles')} ("user_id", "role") select "id", 'rare' from "came"`;
    const go = sql`delete from ${ownName('users')} where "email" like '%@x0%' and "id" in (
      select "user_id" from ${ownName('user_roles')} where "role" = 'rare' order by random() limit 20)`;
    const seen = await allPages({ role: 'rare', sort, descending: false, limit: 20 }, async () => {
      await db.execute(come);
      await db.execute(go);
    });
    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const stayed = ids.flatMap((id) => numberOf.get(id) ?? []);
    expect(stayed).toEqual(orders[sort].filter((n) => n % 100 === 3));
    await db.execute(sql`delete from ${ownName('users')} where "email" like '%@x0%'`);
  });
});
