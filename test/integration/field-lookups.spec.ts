import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql, type SQLWrapper } from 'drizzle-orm';
import type { Database } from '../../src/database/database.js';
import { FieldsTable, rowsWithField } from '../../src/users/fields-table.js';
import { usersWithAttribute } from '../../src/users/user-attributes.js';
import { USER_READING } from '../../src/users/user-rows.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';

const ROWS = 5_000;
/** A role is of the whole server. */
const READER = `reader_${randomUUID().slice(0, 8)}`;
const SEED = [
  `alter table latchkey.users disable trigger user`,
  `insert into latchkey.users (id, email, email_key, password_hash, password_change_required, attributes, created_at, updated_at)
   select gen_random_uuid(), i || '@example.com', i || '@example.com', 'x', false,
     jsonb_build_object('number', 'A' || i, 'tenant', 'T' || i % 500), now(), now()
   from generate_series(1, ${ROWS}) i`,
  `insert into latchkey.user_field_rules values ('number', true), ('tenant', false)`,
  `insert into latchkey.user_field_keys (user_id, field, value, is_unique)
   select u.id, r.field, u.attributes ->> r.field, r.is_unique from latchkey.users u, latchkey.user_field_rules r`,
  `create table staff (user_id uuid primary key, number text unique, tenant text, salary text)`,
  `create index staff_tenant on staff (tenant)`,
  `insert into staff select id, attributes ->> 'number', attributes ->> 'tenant', 'secret' from latchkey.users`,
  `create role ${READER}`,
  `grant usage on schema latchkey to ${READER}`,
  `grant select on all tables in schema latchkey to ${READER}`,
  `grant select (user_id, number, tenant) on staff to ${READER}`,
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
  afterAll(async () => {
    await db.execute(sql.raw(`drop owned by ${READER}`));
    await db.execute(sql.raw(`drop role ${READER}`));
    await database.remove();
  });

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
      () => rowsWithField(db, table, USER_READING, { name: 'number', value: 'A77' }, { limit: 1 }),
      /staff_number_key/,
    ],
    [
      "in a team's own table, that is searchable",
      () => rowsWithField(db, table, USER_READING, { name: 'tenant', value: 'T7' }, page),
      /staff_tenant/,
    ],
  ];

  it.each(lookups)('%s', async (_, lookup, index) => {
    const plan = await planOf(lookup());
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/Seq Scan on (users|user_field_keys|staff)\b/);
  });

  it("in a team's own table, of which no column is read that is not declared", async () => {
    const found = await db.transaction(async (transaction) => {
      await transaction.execute(sql.raw(`set local role ${READER}`));
      const [byField] = await rowsWithField(
        transaction,
        table,
        USER_READING,
        { name: 'number', value: 'A77' },
        { limit: 1 },
      );
      const [byId] = await transaction
        .select(table.selection)
        .from(table.source)
        .where(sql`user_id = ${byField?.id}`);
      return [byField, byId];
    });
    expect(found).toEqual(
      found.map(() => expect.objectContaining({ row: { number: 'A77', tenant: 'T77' } })),
    );
  });
});
