import pg from 'pg';
import { get, logIn, register, startLatchkey, unlimited } from './latchkey.js';

/** @import { UserFilter } from '../../src/index.js' */
/** @import { Bench } from './bench.js' */
/** @typedef {{ sort: string, descending: boolean, limit: number, after?: string }} AskedPage */

/**
 * A server on a database with users, and an administrator who asks it for pages of them over loopback, on connections that stay.
 * @param {Bench} bench
 * @param {string} url of the database
 */
export async function listsOverHttp(bench, url) {
  const server = await startLatchkey({
    ...unlimited(bench),
    DATABASE_URL: url,
    ACCESS_TOKEN_TTL: '2h',
    OAUTH: 'off',
  });
  // Of a database that is kept the administrator is there already.
  await register(server.url).catch(() => undefined);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`insert into latchkey.user_roles (user_id, role)
    select id, 'admin' from latchkey.users where email_key = 'ada@example.com' on conflict do nothing`);
  await client.end();
  const { accessToken } = await logIn(server.url);
  return {
    /**
     * @param {UserFilter & AskedPage} query
     * @returns {Promise<{ users: unknown[], next: string | undefined }>}
     */
    list: async ({ sort, descending, limit, after, ...filter }) => {
      const order = `${descending ? '-' : ''}${sort}`;
      const given = Object.entries({ ...filter, sort: order, limit, cursor: after });
      const query = new URLSearchParams();
      for (const [name, value] of given) if (value !== undefined) query.set(name, String(value));
      const { users, nextCursor } = await get(
        `${server.url}/api/admin/users?${query.toString()}`,
        accessToken,
      );
      return { users, next: nextCursor ?? undefined };
    },
    stop: () => server.stop(),
  };
}
