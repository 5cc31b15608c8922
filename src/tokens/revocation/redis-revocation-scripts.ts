import { RedisScript } from '../../redis/redis-script.js';

/** The server's clock may jump ahead: so far it makes nothing run out too early. Milliseconds. */
export const KEPT_LONGER = 3_600_000;

/**
 * Lua: records one revocation, in both forms, for `life` milliseconds; answers the `issuedBefore` that holds now. Used
 * inside the scripts that end sessions, too. The list lives twice as long as its longest entry and an hour, and what was recorded
 * longer ago than that concerns no token that still lives.
 */
export const RECORD_REVOCATION = `
local function list_revocation(list, text, life)
  local t = redis.call('TIME')
  local now = t[1] * 1000 + math.floor(t[2] / 1000)
  redis.call('ZADD', list, now, text)
  local kept = math.max(2 * life + ${KEPT_LONGER}, redis.call('PTTL', list))
  redis.call('PEXPIRE', list, kept)
  redis.call('ZREMRANGEBYSCORE', list, '-inf', now - kept)
end
local function record_revocation(list, single, kind, id, before, expires, life)
  local known = redis.call('GET', single)
  if known and known ~= '' and before ~= '' and tonumber(known) >= tonumber(before) then
    before = string.format('%d', tonumber(known) + 1000)
  end
  redis.call('SET', single, before, 'PX', math.max(life + ${KEPT_LONGER}, redis.call('PTTL', single)))
  list_revocation(list, kind .. '|' .. before .. '|' .. expires .. '|' .. id, life)
  return before
end
`;

/**
 * Lua: the epoch's parts: the run of the server that it belongs to, since when revocations are whole, and the lineage of
 * the sessions. Nothing if there is none, or it is of another run: what is there then may be older than what was.
 */
export const CURRENT_EPOCH = `
local function server_run()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  if not run then error('Redis does not say which run of the server it is') end
  return run
end
local function current_epoch(key)
  local epoch = redis.call('GET', key)
  if not epoch then return nil end
  local run, since, lineage = string.match(epoch, '^(%w+):(%d+):(.+)$')
  if run ~= server_run() then return nil, lineage end
  return since, lineage
end
`;

/** KEYS: list, single. ARGV: kind, id, issued before, expires at, life. Answers the `issuedBefore` that holds. */
export const ADD_REVOCATION = new RedisScript(`${RECORD_REVOCATION}
return record_revocation(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]))
`);

/**
 * KEYS: epoch, list, number of the last era. ARGV: the time from which the data would count if it were new, window, the epoch's time to live, a
 * new lineage. Answers since when the data is whole, and the revocations of the window (negative: all).
 *
 * Data of another run of the server, or none, is a new epoch: what was recorded before may be lost. Sessions go on in the
 * new run only where an append-only file has kept their ends (but for its last second); otherwise those that had ended
 * may be open again.
 */
export const READ_REVOCATIONS = new RedisScript(`${CURRENT_EPOCH}
local since, lineage = current_epoch(KEYS[1])
if not since then
  local appends = string.find(redis.call('INFO', 'persistence'), 'aof_enabled:1', 1, true)
  if not (lineage and appends) then lineage = ARGV[4] end
  since = ARGV[1]
  redis.call('SET', KEYS[1], server_run() .. ':' .. since .. ':' .. lineage)
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
-- No session outlives the lineage that is lost with the epoch, so that numbers may begin anew then.
redis.call('PEXPIRE', KEYS[3], ARGV[3])
local window = tonumber(ARGV[2])
local from = '-inf'
if window >= 0 then
  local t = redis.call('TIME')
  from = t[1] * 1000 + math.floor(t[2] / 1000) - window
end
return { since, redis.call('ZRANGEBYSCORE', KEYS[2], from, '+inf') }
`);
