import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../src/database/database.js';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { ownName } from '../../src/database/own-schema.js';
import { listUsers } from '../../src/users/list-users.js';
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
      'ann.smith@mail.example.com',
      'brien-smith',
      'example.com',
      'mail.example.com',
      "o'brien-smith",
      'smith@mail.example.com',
    ],
  },
  {
    name: 'ÅSA Straße',
    email: 'asa@example.com',
    words: ['asa@example.com', 'example.com', 'strasse'],
  },
  { name: null, email: 'root@localhost', words: ['localhost', 'root@localhost'] },
  { name: 'Jo Jo Joan joanna Jöst', email: 'x@y', words: ['joanna', 'jost', 'x@y', 'y'] },
  { name: '(- -)', email: '-x-@example.com', words: ['example.com', 'x-@example.com'] },
];

const ALL_WORDS = sql`select json_agg("word" order by "user_id", "word")::text as "words" from ${ownName('user_words')}`;

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
    expect(await wordsOf('new@example.com')).toEqual(['example.com', 'new@example.com']);
    await db.execute(sql`update ${ownName('users')} set "name" = 'Newer' where "email" = 'new@example.com'`);
    expect(await wordsOf('new@example.com')).toEqual(['example.com', 'new@example.com', 'newer']);
    await db.execute(sql`update ${ownName('users')} set "name" = 'Ne' where "email" = 'new@example.com'`);
    expect(await wordsOf('new@example.com')).toEqual(['example.com', 'new@example.com']);
  });

  it('are found by each of their beginnings, those that are not kept too', async () => {
    const found = async (search: string) => {
      const list = await listUsers(db, { search, sort: 'email', descending: false, limit: 9 });
      return list.users.map(({ email }) => email);
    };
    const ann = ['ann.smith@mail.example.com'];
    for (const search of ['ann', 'Smith', 'smi', 'ann smith', 'brien', 'mail.ex'])
      expect([search, await found(search)]).toEqual([search, ann]);
    for (const search of ['jo', 'joan', 'joanna', 'jost'])
      expect([search, await found(search)]).toEqual([search, ['x@y']]);
    for (const search of ['anna', 'smithy', 'nn'])
      expect([search, await found(search)]).toEqual([search, []]);
  });

  it('of an earlier version lose those that begin others, and no more', async () => {
    const [before] = await rowsOf<{ words: string }>(ALL_WORDS);
    await db.execute(sql`insert into ${ownName('user_words')} ("user_id", "word")
      select "id", "word" from ${ownName('users')}, unnest('{ann,an,smith,ann.smith@mail.example.co}'::text[]) as "word"
      where "email" = 'ann.smith@mail.example.com'`);
    const migration = readFileSync(join(MIGRATIONS_FOLDER, '0035_words_that_begin_others.sql'), 'utf8');
    await db.transaction(async (transaction) => {
      await transaction.execute(sql`set local search_path to latchkey`);
      await transaction.execute(sql.raw(migration));
    });
    expect(await rowsOf(ALL_WORDS)).toEqual([before]);
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
