import { RedisScript } from '../../redis/redis-script.js';
import { createSession, END_SESSION, LINEAGE } from './redis-session-scripts.js';

/** A login takes no longer, however far above the bound the subject is. */
const ENDED_AT_ONCE = 1_000;

/**
 * KEYS: session, subject's sessions, epoch, list of revocations, subject's ended sessions. ARGV: id, last used, time to
 * live, how many others may stay, reason, now, revoked until, prefix of sessions' keys, prefix of single revocations, then
 * the fields and values. Answers the ids it ended, those used longest ago first.
 */
export const CREATE_BOUNDED_SESSION = new RedisScript(`${LINEAGE}${END_SESSION}
local lineage = current_lineage(KEYS[3])
local function is_open(id)
  local s = redis.call('HMGET', ARGV[8] .. id, 'endedAt', 'idleExpiresAt', 'expiresAt', 'lineage')
  local now = tonumber(ARGV[6])
  return s[1] == '' and s[4] == lineage and tonumber(s[2]) > now and tonumber(s[3]) > now
end
local looked, missing = 0, tonumber(ARGV[4])
while missing > 0 do
  local ids = redis.call('ZREVRANGE', KEYS[2], looked, looked + missing - 1)
  if #ids == 0 then break end
  for _, id in ipairs(ids) do if is_open(id) then missing = missing - 1 end end
  looked = looked + #ids
end
local last = math.min(redis.call('ZCARD', KEYS[2]) - looked, ${ENDED_AT_ONCE}) - 1
local ended = {}
if last >= 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, last)) do
    if is_open(id) then
      local keys = { KEYS[2], KEYS[4], KEYS[5] }
      end_session(id, ARGV[8] .. id, keys, ARGV[5], ARGV[6], ARGV[7], ARGV[9])
      table.insert(ended, id)
    end
  end
  forget_ended(KEYS[5])
end
${createSession(10)}
return ended
`);
