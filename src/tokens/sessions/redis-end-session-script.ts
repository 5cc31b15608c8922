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
`;
