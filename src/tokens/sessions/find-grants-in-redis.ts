import type { RedisClient } from '../../redis/redis-client.js';
import { RedisScript } from '../../redis/redis-script.js';
import { redisKeys, SESSION_PREFIX } from '../redis-keys.js';
import { type GrantSearch, isSought } from './grant-search.js';
import type { Session } from './session.js';
import type { OpenGrant } from './sessions.repository.js';
import { scanInSteps } from './settle-eras-in-redis.js';

/** ARGV: cursor, how many keys to look at. Answers the next cursor, and id and client of each grant that has not ended. */
const SCAN_GRANTS = new RedisScript(`
local found = redis.call('SCAN', ARGV[1], 'MATCH', '${SESSION_PREFIX}*', 'COUNT', ARGV[2])
local grants = {}
for _, key in ipairs(found[2]) do
  local fields = redis.call('HMGET', key, 'id', 'clientId', 'endedAt')
  if fields[1] and fields[2] and fields[2] ~= '' and (not fields[3] or fields[3] == '') then
    table.insert(grants, {fields[1], fields[2]})
  end
end
return {found[1], grants}
`);

/** Sessions of one user. */
const LOOKED_AT_ONCE = 200;

/**
 * Grants of a client. There is no index of them, but for those of one user: all sessions are looked at, in steps, which is for what
 * happens seldom.
 * @param find knows which sessions an era has ended
 */
export async function findGrantsInRedis(
  redis: RedisClient,
  find: (id: string) => Promise<Session | undefined>,
  search: GrantSearch,
): Promise<OpenGrant[]> {
  const open = new Map<string, OpenGrant>();
  const look = async (ids: readonly string[]) => {
    for (const session of await Promise.all(ids.map(find)))
      if (session && isSought(session, search))
        open.set(session.id, { id: session.id, subject: session.subject });
    return open.size < search.limit;
  };
  if (search.subject !== undefined) {
    // All ids at once: by last use, one that is refreshed between two steps would be in neither.
    const ids = await redis.zrange(redisKeys.subject(search.subject), '0', '-1');
    for (let from = 0; from < ids.length; from += LOOKED_AT_ONCE)
      if (!(await look(ids.slice(from, from + LOOKED_AT_ONCE)))) break;
    return [...open.values()];
  }
  await scanInSteps(redis, SCAN_GRANTS, async ([, grants]) => {
    const ids = (grants as [string, string][])
      .filter(([, client]) => client === search.clientId)
      .map(([id]) => id);
    return look(ids);
  });
  return [...open.values()];
}
