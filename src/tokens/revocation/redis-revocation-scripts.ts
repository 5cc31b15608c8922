import { RedisScript } from '../../redis/redis-script.js';

/**
 * Lua: records one revocation, in both forms, for `life` milliseconds. Used inside the scripts that end sessions, too.
 * What is older than twice that can be no revocation of a token that still lives.
 */
export const RECORD_REVOCATION = `
local function record_revocation(list, single, encoded, before, life)
  local t = redis.call('TIME')
  local now = t[1] * 1000 + math.floor(t[2] / 1000)
  redis.call('ZADD', list, now, encoded)
  redis.call('ZREMRANGEBYSCORE', list, '-inf', now - 2 * life)
  if redis.call('PTTL', list) < 2 * life then redis.call('PEXPIRE', list, 2 * life) end
  local known = redis.call('GET', single)
  if not known or (known ~= '' and before ~= '' and tonumber(known) < tonumber(before)) or before == '' then
    redis.call('SET', single, before, 'PX', life)
  elseif redis.call('PTTL', single) < life then
    redis.call('PEXPIRE', single, life)
  end
end
`;

/** KEYS: list, single. ARGV: encoded, issued before, life. */
export const ADD_REVOCATION = new RedisScript(`${RECORD_REVOCATION}
record_revocation(KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3]))
`);

/**
 * KEYS: epoch, list. ARGV: the time from which the data would count if it were new, window, the epoch's time to live.
 * Answers since when the data is whole, and the revocations of the window (negative: all). Data of another run of the
 * server, or none, is a new epoch: what was recorded before may be lost.
 */
export const READ_REVOCATIONS = new RedisScript(`
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or 'unknown'
local epoch = redis.call('GET', KEYS[1])
if not epoch or string.sub(epoch, 1, #run) ~= run then
  epoch = run .. ':' .. ARGV[1]
  redis.call('SET', KEYS[1], epoch)
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local window = tonumber(ARGV[2])
local since = '-inf'
if window >= 0 then
  local t = redis.call('TIME')
  since = t[1] * 1000 + math.floor(t[2] / 1000) - window
end
return { string.sub(epoch, #run + 2), redis.call('ZRANGEBYSCORE', KEYS[2], since, '+inf') }
`);
