import { CHILDREN_PREFIX, SESSION_PREFIX } from '../redis-keys.js';
import { RECORD_REVOCATION } from '../revocation/redis-revocation-scripts.js';

/** How many ended ones can still be listed for their subject; the others run out by themselves. */
const ENDED_LISTED = 100;

/** Lua: ends one that is open. `keys`: subject's sessions, list of revocations, subject's ended sessions. */
export const END_SESSION = `${RECORD_REVOCATION}
local function note_ended(list, id, at, left)
  redis.call('ZADD', list, at, id)
  if redis.call('PTTL', list) < left then redis.call('PEXPIRE', list, left) end
end
local function end_session(id, key, keys, reason, now, revoked_until, single)
  redis.call('HSET', key, 'endedAt', now, 'endReason', reason)
  redis.call('ZREM', keys[1], id)
  note_ended(keys[3], id, now, redis.call('PTTL', key))
  local life = tonumber(revoked_until) - tonumber(now)
  if life > 0 then
    record_revocation(keys[2], single .. 'session:' .. id, 'session', id, '', revoked_until, life)
  end
end
local function forget_ended(key)
  redis.call('ZREMRANGEBYRANK', key, 0, -${ENDED_LISTED + 1})
end
-- What was granted in a session that has ended; is_past says whether an era has ended it already, by its number and creation.
local function end_children(id, subject, keys, now, revoked_until, single, is_past, ended)
  local list = '${CHILDREN_PREFIX}' .. id
  for _, child in ipairs(redis.call('SMEMBERS', list)) do
    local key = '${SESSION_PREFIX}' .. child
    local s = redis.call('HMGET', key, 'subject', 'endedAt', 'era', 'createdAt')
    if s[1] == subject and s[2] == '' and not is_past(subject, s[3], s[4]) then
      end_session(child, key, keys, 'parent_ended', now, revoked_until, single)
      table.insert(ended, child)
    end
  end
  redis.call('DEL', list)
  return ended
end
`;
