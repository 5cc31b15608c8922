import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../src/database/database.js';
import { ownName } from '../../src/database/own-schema.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';

interface NamedUser {
  readonly name: string | null;
  readonly email: string;
}

interface ExplainedInsert {
  readonly 'QUERY PLAN': readonly [
    { readonly Triggers: readonly { readonly 'Trigger Name': string; readonly Calls: number }[] },
  ];
}

const USERS: readonly (NamedUser & { readonly words: string[] })[] = [
  {
    name: "Ann  O'Brien-Smith",
    email: 'ann.smith@mail.example.com',
    words: [
      'ann',
      'ann.smith@mail.example.com',
      'brien-smith',
      'example.com',
      'mail.example.com',
      "o'brien-smith",
      'smith',
      'smith@mail.example.com',
    ],
  },
  {
    name: 'ÅSA Straße',
    email: 'asa@example.com',
    words: ['asa', 'asa@example.com', 'example.com', 'strasse'],
  },
  { name: null, email: 'root@localhost', words: ['localhost', 'root@localhost'] },
  { name: '(- -)', email: '-x-@example.com', words: ['example.com', 'x-@example.com'] },
];

describeOnEachDatabase('The words that users are found by', (open) => {
  let opened: DatabaseUnderTest;
  let db: Database;

  beforeAll(async () => {
    opened = await open();
    ({ db } = opened.connections[0]);
  });
  afterAll(async () => {
    await opened?.remove();
  });

  const insertion = (added: readonly NamedUser[]) => sql`
    insert into ${ownName('users')} ("id", "name", "email", "email_key", "password_hash", "created_at", "updated_at")
    select gen_random_uuid(), "name", "email", "email", '', now(), now()
    from json_to_recordset(${JSON.stringify(added)}::json) as "added"("name" text, "email" text)
    on conflict do nothing`;
  const rowsOf = async <Row>(statement: SQL) => ((await db.execute(statement)) as { rows: Row[] }).rows;
  const wordsOf = async (email: string) => {
    const found = await rowsOf<{ word: string }>(sql`
      select "word" from ${ownName('user_words')}
      where "user_id" = (select "id" from ${ownName('users')} where "email" = ${email})`);
    return found.map(({ word }) => word).toSorted();
  };

  it('are made for all users of a statement at once', async () => {
    const [explained] = await rowsOf<ExplainedInsert>(
      sql`explain (analyze, format json) ${insertion(USERS)}`,
    );
    const triggers = explained?.['QUERY PLAN'][0].Triggers ?? [];
    expect(triggers.map((trigger) => trigger.Calls)).toEqual([1]);
    for (const { email, words } of USERS) expect([email, await wordsOf(email)]).toEqual([email, words]);
  });

  it('are those of the new users only, where some are there already, and follow a change', async () => {
    await db.execute(insertion([...USERS, { name: 'New', email: 'new@example.com' }]));
    expect(await wordsOf('new@example.com')).toEqual(['example.com', 'new', 'new@example.com']);
    await db.execute(sql`update ${ownName('users')} set "name" = 'Newer' where "email" = 'new@example.com'`);
    expect(await wordsOf('new@example.com')).toEqual(['example.com', 'new@example.com', 'newer']);
  });

  it('are the same, whether there is more than ASCII in the text or not', async () => {
    const texts = [
      "Ann\tO'Brien--Smith\n",
      '-.a_b..c+d@E-F.com. ',
      String.raw`!"#$%&'()*+,-./:;<=>?@[\]^_{|}~ 0x[1]{2}\3`,
      'many '.repeat(30),
      'long.'.repeat(30),
    ];
    for (const text of texts) {
      for (const each of [true, false]) {
        const words = sql`${ownName('latchkey_search_words')}`;
        const [made] = await rowsOf<{ plain: string[]; accented: string[] }>(sql`
          select ${words}(${text}, ${each}) as "plain", ${words}(${text} || ' ü', ${each}) as "accented"`);
        expect(made?.plain.length).toBeGreaterThan(0);
        expect(made?.accented).toEqual([...(made?.plain ?? []), 'u']);
      }
    }
  });
});
