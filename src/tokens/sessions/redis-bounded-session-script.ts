import { RedisScript } from '../../redis/redis-script.js';
import { END_SESSION } from './redis-end-session-script.js';
import { ERAS } from './redis-eras-scripts.js';
import { createSession, LINEAGE } from './redis-session-scripts.js';

/** A login takes no longer, however far above the bound the subject is. */
const ENDED_AT_ONCE = 1_000;

/**
 * KEYS: session, subject's sessions, epoch, list of revocations, subject's ended sessions. ARGV: id, last used, time to
 * live, how many others may stay, reason, now, revoked until, prefix of sessions' keys, prefix of single revocations, then
 * the fields and values. Answers the number of the new one's era, the ids it ended, those
 * used longest ago first, and the ids of what was granted in those.
 */
export const CREATE_BOUNDED_SESSION = new RedisScript(`${LINEAGE}${END_SESSION}${ERAS}
local lineage = current_lineage(KEYS[3])
local function is_open(id)
  local s = redis.call('HMGET', ARGV[8] .. id, 'endedAt', 'idleExpiresAt', 'expiresAt', 'lineage', 'era', 'createdAt',
    'clientId')
  local now = tonumber(ARGV[6])
  if s[7] and s[7] ~= '' then return false end
  if s[1] ~= '' or s[4] ~= lineage or tonumber(s[2]) <= now or tonumber(s[3]) <= now then return false end
  return not later_era(subject_of(KEYS[2]), s[5], s[6])
end
local looked, missing = 0, tonumber(ARGV[4])
while missing > 0 do
  local ids = redis.call('ZREVRANGE', KEYS[2], looked, looked + missing - 1)
  if #ids == 0 then break end
  for _, id in ipairs(ids) do if is_open(id) then missing = missing - 1 end end
  looked = looked + #ids
end
local last = math.min(redis.call('ZCARD', KEYS[2]) - looked, ${ENDED_AT_ONCE}) - 1
local ended, children = {}, {}
if last >= 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, last)) do
    if is_open(id) then
      local keys = { KEYS[2], KEYS[4], KEYS[5] }
      end_session(id, ARGV[8] .. id, keys, ARGV[5], ARGV[6], ARGV[7], ARGV[9])
      table.insert(ended, id)
      end_children(id, subject_of(KEYS[2]), keys, ARGV[6], ARGV[7], ARGV[9], later_era, children)
    end
  end
  forget_ended(KEYS[5])
end
${createSession(10)}
return { era, ended, children }
`);
