import { createHash } from 'node:crypto';
import pg from 'pg';

/** The secret of every seeded session. */
export const SEEDED_SECRET = Buffer.alloc(32, 7);

/** The id of a seeded session. @param {number} index from 0 */
export function seededSessionId(index) {
  const hash = createHash('md5').update(`session ${index}`).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Open sessions, four a subject. @param {string} url @param {number} count */
export async function seedSessions(url, count) {
  const hash = createHash('sha256').update(SEEDED_SECRET).digest('base64url');
  await runAll(url, [
    `insert into latchkey.sessions (id, subject, generation, secret_hash, created_at, last_used_at, idle_expires_at, expires_at,
       ip, user_agent)
     select md5('session ' || n)::uuid, md5('subject ' || n / 4)::uuid::text, 0, '${hash}', now(), now(),
       now() + interval '7 days', now() + interval '30 days', '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64)'
     from generate_series(0, ${count - 1}) as n`,
    'vacuum (analyze) latchkey.sessions',
    'checkpoint',
  ]);
}

/**
 * Live revocations of sessions, made evenly over the last quarter of an hour, the life of an access token. The one place
 * that knows their table.
 * @param {string} url
 * @param {number} count
 */
export async function seedRevocations(url, count) {
  await runAll(url, [
    `insert into latchkey.revocations (kind, id, revoked_at, expires_at)
     select 'session', md5('session ' || n)::uuid::text, now() - n * interval '15 minutes' / ${count}, now() + interval '1 hour'
     from generate_series(0, ${count - 1}) as n`,
  ]);
}

/** @param {string} url @param {string[]} statements */
async function runAll(url, statements) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
