import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql, type SQLWrapper } from 'drizzle-orm';
import type { Database } from '../../src/database/database.js';
import { FieldsTable, rowsWithField } from '../../src/users/fields-table.js';
import { usersWithAttribute } from '../../src/users/user-attributes.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';

const ROWS = 5_000;
const SEED = [
  `alter table latchkey.users disable trigger user`,
  `insert into latchkey.users (id, email, email_key, password_hash, password_change_required, attributes, created_at, updated_at)
   select gen_random_uuid(), i || '@example.com', i || '@example.com', 'x', false,
     jsonb_build_object('number', 'A' || i, 'tenant', 'T' || i % 500), now(), now()
   from generate_series(1, ${ROWS}) i`,
  `insert into latchkey.user_field_rules values ('number', true), ('tenant', false)`,
  `insert into latchkey.user_field_keys (user_id, field, value, is_unique)
   select u.id, r.field, u.attributes ->> r.field, r.is_unique from latchkey.users u, latchkey.user_field_rules r`,
  `create table staff (user_id uuid primary key, number text unique, tenant text)`,
  `create index staff_tenant on staff (tenant)`,
  `insert into staff select id, attributes ->> 'number', attributes ->> 'tenant' from latchkey.users`,
  `analyze`,
];

/** Planned with many rows there, as it is sent. */
describeOnEachDatabase('Users are found by a field by its index', (open) => {
  let database: DatabaseUnderTest;
  let db: Database;

  beforeAll(async () => {
    database = await open();
    ({ db } = database.connections[0]);
    for (const statement of SEED) await db.execute(sql.raw(statement));
  });
  afterAll(() => database.remove());

  async function planOf(statement: SQLWrapper): Promise<string> {
    const { rows } = (await db.execute(sql`explain ${statement}`)) as { rows: Record<string, string>[] };
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  const page = { limit: 50, after: '00000000-0000-4000-8000-000000000000' };
  const table = new FieldsTable('staff', ['number', 'tenant'], {});
  const lookups: [string, () => SQLWrapper, RegExp][] = [
    [
      'that is unique',
      () => usersWithAttribute(db, 'number', 'A77', { limit: 1 }),
      /user_field_keys_(unique|value_index)/,
    ],
    ['that is searchable', () => usersWithAttribute(db, 'tenant', 'T7', page), /user_field_keys_value_index/],
    [
      "in a team's own table, that is unique",
      () => rowsWithField(db, table, { name: 'number', value: 'A77' }, { limit: 1 }),
      /staff_number_key/,
    ],
    [
      "in a team's own table, that is searchable",
      () => rowsWithField(db, table, { name: 'tenant', value: 'T7' }, page),
      /staff_tenant/,
    ],
  ];

  it.each(lookups)('%s', async (_, lookup, index) => {
    const plan = await planOf(lookup());
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/Seq Scan on (users|user_field_keys|staff)\b/);
  });
});
