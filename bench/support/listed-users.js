import pg from 'pg';

/** @import { UserFilter } from '../../src/index.js' */

/**
 * Makes users like those of a service of five years. First names of four hundred and last names of twenty thousand, some of them far
 * more often than others; three came in the same moment each time; those who came last have mostly not verified their address; a third
 * never logged in. Triggers and indexes would do for each what is done for all of them at the end.
 * @param {string} url of a migrated database without users
 * @param {number} count
 */
export async function seedListedUsers(url, count) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `set session_replication_role = replica; set work_mem = '256MB'; set maintenance_work_mem = '512MB'`,
    );
    const { rows } = await client.query(`select indexname as name, indexdef as definition from pg_indexes
      where schemaname = 'latchkey' and tablename in ('users', 'user_words', 'user_roles') and indexname not like '%pkey'`);
    for (const { name } of rows) await client.query(`drop index latchkey.${name}`);
    for (const statement of statements(count)) await client.query(statement);
    for (const { definition } of rows) await client.query(definition);
    await client.query('vacuum (analyze) latchkey.users');
    await client.query('vacuum (analyze) latchkey.user_words');
    await client.query('vacuum (analyze) latchkey.user_roles');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

/** What is asked of them, by what it finds of a million. @type {Record<string, UserFilter>} */
export const QUESTIONS = {
  'all users': {},
  'disabled: 6,000': { disabled: true },
  'not disabled: 994,000': { disabled: false },
  'verified: 940,000': { verified: true },
  'not verified: 60,000': { verified: false },
  'disabled, not verified: 350': { disabled: true, verified: false },
  'a role of 600,000': { role: 'member' },
  'a role of 10,000': { role: 'editor' },
  'a role of 5,000': { role: 'moderator' },
  'a role of 200': { role: 'support' },
  'a role of 10': { role: 'admin' },
  'a word of 300,000': { search: 'example.com' },
  'a word of 50,000': { search: 'baba' },
  'a letter': { search: 'b' },
  'a word of 7,000': { search: 'lova' },
  'a word of 700': { search: 'lovab' },
  'a domain of 250': { search: 'company77.example.net' },
  'the beginning of addresses': { search: 'lova.' },
  'a word of none': { search: 'zzz' },
  'two words': { search: 'lova sori' },
  'a word of 50,000 and a role of 10,000': { search: 'baba', role: 'editor' },
  'a word of 300,000 and a role of 5,000': { search: 'example.com', role: 'moderator' },
  'a word of 7,000 and a role of 10,000': { search: 'lova', role: 'editor' },
  'a word of 7,000, not verified': { search: 'lova', verified: false },
  'a word of 50,000, disabled': { search: 'baba', disabled: true },
  'a role of 10,000, not verified': { role: 'editor', verified: false },
  'a role of 10,000, disabled': { role: 'editor', disabled: true },
};

/** @param {number} count */
const statements = (count) => [
  `insert into latchkey.roles (name, scopes, description)
   select unnest('{member,editor,moderator,support,admin}'::text[]), '{}', '' on conflict do nothing`,
  `create temporary table listed_names as
   select rank, initcap(string_agg(syllables[1 + (rank / (20 ^ place)::int) % 20], '' order by place)) as name
   from generate_series(0, 20000) rank,
     lateral (select '{ba,ce,di,fo,gu,ha,je,ki,lo,mu,na,pe,ri,so,tu,va,we,xi,yo,zu}'::text[] as syllables) s,
     lateral generate_series(0, case when rank < 400 then 1 else 3 end) place
   group by rank`,
  'create unique index on listed_names (rank)',
  `insert into latchkey.users (id, name, email, email_key, email_verified_at, password_hash, password_change_required,
     disabled_at, last_login_at, attributes, created_at, updated_at)
   select md5('user ' || n)::uuid, first.name || ' ' || last.name, email, email,
     case when chance.verified < (case when n > 0.95 * ${count} then 0.4 else 0.97 end) then came end,
     '$argon2id$v=19$m=19456,t=2,p=1$' || repeat('x', 66), false, case when n % 173 = 0 then came end,
     case when n % 3 > 0 then came + (now() - came) * (1 - chance.login * chance.login) end, '{}', came, came
   from generate_series(1, ${count}) n
   cross join lateral (select ${['first', 'last', 'domain', 'verified', 'login']
     .map((name, index) => `(hashint8extended(n, ${index}) & 1048575) / 1048576.0 as ${name}`)
     .join(', ')}) chance
   join listed_names first on first.rank = floor(400 * chance.first * chance.first)::int
   join listed_names last on last.rank = floor(20000 * chance.last * chance.last)::int
   cross join lateral (
     select now() - interval '5 years' + interval '5 years' * ((n - n % 3) / ${count}::float8) as came
   ) time
   cross join lateral (select lower(first.name || '.' || last.name) || n || '@' ||
     case when chance.domain < 0.3 then 'example.com' when chance.domain < 0.5 then 'mail.example'
       else 'company' || floor(4000 * (chance.domain - 0.5))::int || '.example.net' end as email) address`,
  `insert into latchkey.user_roles (user_id, role)
   select md5('user ' || n)::uuid, role from generate_series(1, ${count}) n
   cross join lateral (values ('member', n % 10 < 6), ('editor', n % 100 = 7), ('moderator', n % 200 = 7),
     ('support', n % 5000 = 7), ('admin', n % 100000 = 7)) of_them(role, has) where has`,
  `insert into latchkey.user_words (user_id, word)
   select user_id, word from (
     select id as user_id, word, lead(word) over (partition by id order by word) as next from latchkey.users, lateral (
       select word collate "C" as word from (
         select unnest(latchkey.latchkey_search_words(name, true)) as word
         union select unnest(words[:cardinality(words) - 1]) from latchkey.latchkey_search_words(email_key, true) as words
       ) as of_both
     ) as of_user
   ) as in_order where starts_with(next, word) is not true`,
];
