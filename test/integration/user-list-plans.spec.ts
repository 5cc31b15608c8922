import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NodePgSession } from 'drizzle-orm/node-postgres';
import { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import type { Database } from '../../src/database/database.js';
import { OwnSchemaDialect } from '../../src/database/own-schema.js';
import { listUsers } from '../../src/users/list-users.js';
import type { UserListQuery } from '../../src/users/user-list.js';
import { describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';

const USERS = 30_000;

const SEED = `
  insert into latchkey.roles (name, scopes, description) select unnest('{rare,some}'::text[]), '{}', '';
  alter table latchkey.users disable trigger user;
  insert into latchkey.users (id, email, email_key, email_verified_at, password_hash, password_change_required, disabled_at,
    last_login_at, attributes, created_at, updated_at)
  select md5('user ' || n)::uuid, n || '@x', n || '@x', case when n % 20 > 0 then now() end, '', false,
    case when n % 100 = 0 then now() end, case when n % 3 > 0 then now() - n * interval '1 minute' end, '{}',
    now() - n * interval '1 hour', now()
  from generate_series(1, ${USERS}) n;
  alter table latchkey.users enable trigger user;
  insert into latchkey.user_words (user_id, word)
    select id, word from latchkey.users, lateral unnest(array['every', 'w' || left(id::text, 2)]) word;
  insert into latchkey.user_words (user_id, word)
    select md5('user ' || n)::uuid, 'other' from generate_series(1, ${USERS}) n where n % 10 <> 3 or n % 200 = 3;
  insert into latchkey.user_roles (user_id, role) select md5('user ' || n)::uuid, case when n % 100 = 1 then 'rare' else 'some' end
    from generate_series(1, ${USERS}) n where n % 100 = 1 or n % 10 = 3`;

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: Plan[];
}

/** As they are executed, where there are more users than are looked at one after the other. */
describeWithPostgres('The statements of lists of users', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let db: Database;
  let sent: { text: string; values: unknown[] }[] = [];

  beforeAll(async () => {
    database = await createMigratedDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
    const dialect = new OwnSchemaDialect(() => 'latchkey');
    const logger = { logQuery: (text: string, values: unknown[]) => sent.push({ text, values }) };
    db = new PgDatabase(dialect, new NodePgSession(pool, dialect, undefined, { logger }), undefined);
    await pool.query(SEED);
    for (const table of ['users', 'user_words', 'user_roles'])
      await pool.query(`vacuum (analyze) latchkey.${table}`);
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  async function plansOf(query: UserListQuery): Promise<Plan[]> {
    sent = [];
    await listUsers(db, query);
    const plans: Plan[] = [];
    await pool.query('begin');
    for (const { text, values } of sent) {
      if (text.includes('set_config')) await pool.query(text, values);
      if (!text.startsWith('select "') && !text.includes('json_build_array')) continue;
      const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      plans.push(...rows.map((row) => row['QUERY PLAN'][0].Plan));
    }
    await pool.query('rollback');
    return plans.flatMap(nodesOf);
  }

  const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

  const ORDERS = (['createdAt', 'email', 'lastLoginAt'] as const).flatMap((sort) =>
    [false, true].map((descending) => ({ sort, descending })),
  );
  const INDEX = { createdAt: 'created_at', email: 'email', lastLoginAt: 'last_login' } as const;

  it('read a word of many for a role that some have, rather than ask about each of them', async () => {
    for (const order of ORDERS) {
      const nodes = await plansOf({ search: 'other', role: 'some', ...order, limit: 100 });
      const reading = nodes.filter((node) => node['Index Name'] === 'user_words_word_index');
      expect(Math.max(...reading.map((node) => node['Actual Rows']))).toBe(27_150);
      const asking = nodes.filter((node) => node['Index Name'] === 'user_words_pkey');
      // The walk asks about those of the 1,500 who have the role, and then about a sample of 250 of the 3,000 is asked.
      expect(asking.reduce((sum, node) => sum + node['Actual Loops'], 0)).toBeLessThan(1_900);
    }
  });

  it('ask about each of a role, with the same answer, where a word is thought to be that of very many', async () => {
    const query: UserListQuery = {
      search: 'other',
      role: 'some',
      sort: 'email',
      descending: false,
      limit: 100,
    };
    const before = await listUsers(db, query);
    await pool.query(
      "update pg_class set reltuples = 10000000 where oid = 'latchkey.users'::regclass and reltuples > 0",
    );
    const nodes = await plansOf(query);
    const after = await listUsers(db, query);
    await pool.query('analyze latchkey.users');
    const rowsOf = (index: string) =>
      nodes.filter((node) => node['Index Name'] === index).map((node) => node['Actual Rows']);
    expect(Math.max(...rowsOf('user_words_word_index'))).toBe(10_001);
    const asking = nodes.filter((node) => node['Index Name'] === 'user_words_pkey');
    expect(Math.max(...asking.map((node) => node['Actual Loops']))).toBe(3_000);
    expect(after).toEqual(before);
    expect(after.users).toHaveLength(100);
  });

  it.each(['zzz', 'every', 'w', 'wa1'])(
    'read the index of words once and not for each user: %s',
    async (search) => {
      for (const order of ORDERS) {
        const nodes = await plansOf({ search, role: 'some', ...order, limit: 100 });
        const reading = nodes.filter((node) => node['Index Name'] === 'user_words_word_index');
        expect(reading.map((node) => node['Actual Loops']).filter((loops) => loops > 1)).toEqual([]);
      }
    },
  );

  it.each([
    ['all', {}, 'users', []],
    ['the disabled', { disabled: true }, 'users_disabled', []],
    ['the unverified', { verified: false }, 'users_unverified', []],
    ['a role that few have', { role: 'rare' }, 'users', ['user_roles_holders_index']],
    ['a role that some have', { role: 'some' }, 'users', ['user_roles_holders_index']],
    ['a word', { search: 'wa1' }, 'users', ['user_words_word_index']],
    [
      'a word and a role',
      { search: 'every', role: 'rare' },
      'users',
      ['user_words_word_index', 'user_roles_holders_index'],
    ],
    ['a word that nobody has', { search: 'zzz' }, 'users', ['user_words_word_index']],
  ])(
    'go by the indexes of %s and of each order, and read a bounded number of rows',
    async (_, filter, part, others) => {
      for (const order of ORDERS) {
        const nodes = await plansOf({ ...filter, ...order, limit: 100 });
        const scans = nodes.filter((node) => /Scan/.test(node['Node Type']));
        const whole = scans
          .filter((node) => node['Node Type'] === 'Seq Scan')
          .map((node) => node['Relation Name']);
        for (const table of ['users', 'user_words', 'user_roles']) expect(whole).not.toContain(table);
        const indexes = new Set(scans.map((node) => node['Index Name']));
        // Of those of whom there are few, any of their indexes gives all.
        const wanted = part === 'users' ? `users_${INDEX[order.sort]}_index` : part;
        expect([...indexes].join(' ')).toContain(wanted);
        for (const other of others) expect(indexes).toContain(other);
        const read = scans.filter((node) => node['Index Name'] !== undefined);
        const rows = read.map((node) => node['Actual Rows'] * node['Actual Loops']);
        expect(Math.max(...rows)).toBeLessThanOrEqual(USERS);
        // What walks and sets may read: 1,500, up to 25,000 entries, and sets of what fits.
        expect(rows.reduce((sum, each) => sum + each, 0)).toBeLessThan(75_000);
      }
    },
  );
});
