import { RedisScript } from '../../redis/redis-script.js';
import { CURRENT_EPOCH, RECORD_REVOCATION } from '../revocation/redis-revocation-scripts.js';

/** How many of a subject's oldest ids a login looks at, to forget those of sessions that are gone. */
const FORGOTTEN_AT_ONCE = 10;
/** How many ended ones can still be listed for their subject; the others run out by themselves. */
const ENDED_LISTED = 100;

/**
 * Lua: the lineage that sessions must have. After a restart of the server nothing is answered until the next reading of
 * the revocations, half a second at most, has found out what that means.
 */
export const LINEAGE = `${CURRENT_EPOCH}
local function current_lineage(key)
  local since, lineage = current_epoch(key)
  if not since then error('LOADING it is not known yet whether Redis has lost data') end
  return lineage
end
`;

/**
 * Lua. KEYS: session, subject's sessions, epoch. ARGV: id, last used, time to live, then the fields and values.
 * @param firstField where in ARGV the fields begin
 */
export const createSession = (firstField: number): string => `
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.error_reply('DUPLICATE there is such a session') end
redis.call('HSET', KEYS[1], 'lineage', current_lineage(KEYS[3]), unpack(ARGV, ${firstField}))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local prefix = string.sub(KEYS[1], 1, #KEYS[1] - #ARGV[1])
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, ${FORGOTTEN_AT_ONCE - 1})) do
  if redis.call('EXISTS', prefix .. id) == 0 then redis.call('ZREM', KEYS[2], id) end
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
`;

export const CREATE_SESSION = new RedisScript(`${LINEAGE}${createSession(4)}`);

/**
 * KEYS: session, epoch. ARGV: generation, secret hash, now, grace until (or nothing), idle expiry, how long an expired
 * session is kept, prefix of subjects' keys, id. Answers the session's fields, or nothing if it was not moved on.
 */
export const ROTATE_SESSION = new RedisScript(`${LINEAGE}
local s = redis.call('HMGET', KEYS[1], 'generation', 'secretHash', 'endedAt', 'idleExpiresAt', 'expiresAt', 'subject',
  'lineage')
local now = tonumber(ARGV[3])
if s[1] ~= ARGV[1] or s[2] ~= ARGV[2] or s[3] ~= '' then return nil end
if tonumber(s[4]) <= now or tonumber(s[5]) <= now or s[7] ~= current_lineage(KEYS[2]) then return nil end
local idle = math.min(tonumber(ARGV[5]), tonumber(s[5]))
local life = idle - now + tonumber(ARGV[6])
redis.call('HSET', KEYS[1], 'generation', tonumber(s[1]) + 1, 'graceUntil', ARGV[4],
  'lastUsedAt', ARGV[3], 'idleExpiresAt', string.format('%d', idle))
redis.call('PEXPIRE', KEYS[1], string.format('%d', life))
local subject = ARGV[7] .. s[6]
redis.call('ZADD', subject, ARGV[3], ARGV[8])
if redis.call('PTTL', subject) < life then redis.call('PEXPIRE', subject, string.format('%d', life)) end
return redis.call('HGETALL', KEYS[1])
`);

/** KEYS: session, epoch. ARGV: subject, now. Answers 1 if the session is the subject's, and open. */
export const REAUTHENTICATE_SESSION = new RedisScript(`${LINEAGE}
local s = redis.call('HMGET', KEYS[1], 'subject', 'endedAt', 'idleExpiresAt', 'expiresAt', 'lineage')
local now = tonumber(ARGV[2])
if s[1] ~= ARGV[1] or s[2] ~= '' or s[5] ~= current_lineage(KEYS[2]) then return 0 end
if tonumber(s[3]) <= now or tonumber(s[4]) <= now then return 0 end
redis.call('HSET', KEYS[1], 'reauthenticatedAt', ARGV[2])
return 1
`);

/** KEYS: session, epoch. Answers the session's fields; nothing if it is of another lineage. */
export const FIND_SESSION = new RedisScript(`${LINEAGE}
local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 or redis.call('HGET', KEYS[1], 'lineage') ~= current_lineage(KEYS[2]) then return {} end
return fields
`);

/** Lua: ends one that is open. `keys`: subject's sessions, list of revocations, subject's ended sessions. */
export const END_SESSION = `${RECORD_REVOCATION}
local function end_session(id, key, keys, reason, now, revoked_until, single)
  redis.call('HSET', key, 'endedAt', now, 'endReason', reason)
  redis.call('ZREM', keys[1], id)
  redis.call('ZADD', keys[3], now, id)
  local left = redis.call('PTTL', key)
  if redis.call('PTTL', keys[3]) < left then redis.call('PEXPIRE', keys[3], left) end
  local life = tonumber(revoked_until) - tonumber(now)
  if life > 0 then
    record_revocation(keys[2], single .. 'session:' .. id, 'session', id, '', revoked_until, life)
  end
end
local function forget_ended(key)
  redis.call('ZREMRANGEBYRANK', key, 0, -${ENDED_LISTED + 1})
end
`;

/**
 * KEYS: subject's sessions, list of revocations, subject's ended sessions. ARGV: subject, reason, now, revoked until, prefix of sessions' keys,
 * prefix of single revocations, id to spare, then the ids to end (none: all of the subject). Answers the ids it ended.
 */
export const END_SESSIONS = new RedisScript(`${END_SESSION}
local ids = { unpack(ARGV, 8) }
if #ids == 0 then ids = redis.call('ZRANGE', KEYS[1], 0, -1) end
local ended = {}
for _, id in ipairs(ids) do
  local key = ARGV[5] .. id
  local s = redis.call('HMGET', key, 'subject', 'endedAt')
  if id ~= ARGV[7] and s[1] == ARGV[1] and s[2] == '' then
    end_session(id, key, KEYS, ARGV[2], ARGV[3], ARGV[4], ARGV[6])
    table.insert(ended, id)
  elseif not s[1] then
    redis.call('ZREM', KEYS[1], id)
  end
end
forget_ended(KEYS[3])
return ended
`);

/** KEYS: subject's ended sessions. ARGV: prefix of sessions' keys. */
export const ERASE_ENDED = new RedisScript(`
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('DEL', ARGV[1] .. id) end
redis.call('DEL', KEYS[1])
`);

/**
 * One step of a walk, from the highest score down. KEYS: subject's sessions, epoch. ARGV: prefix of sessions' keys, how
 * many to look at, score and id after which to begin (`+inf` and nothing: at the first). Answers the fields of each that
 * is there, and score and id of the last looked at (nothing: there are no more).
 */
export const LIST_SESSIONS = new RedisScript(`${LINEAGE}
local lineage = current_lineage(KEYS[2])
local seen = 0
if ARGV[4] ~= '' then
  for _, id in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[3], ARGV[3])) do
    if id >= ARGV[4] then seen = seen + 1 end
  end
end
local count = tonumber(ARGV[2])
local looked = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[3], '-inf', 'WITHSCORES', 'LIMIT', seen, count)
local found = {}
for index = 1, #looked, 2 do
  local key = ARGV[1] .. looked[index]
  local fields = redis.call('HGETALL', key)
  if #fields > 0 and redis.call('HGET', key, 'lineage') == lineage then table.insert(found, fields) end
end
if #looked < 2 * count then return { found } end
return { found, looked[#looked], looked[#looked - 1] }
`);

/**
 * One step of a walk through all keys. KEYS: list of revocations. ARGV: cursor, how many keys to look at, reason, now,
 * revoked until, prefixes of sessions' keys, of subjects' keys and of single revocations. Answers the next cursor and the
 * ids it ended.
 */
export const END_SCANNED_SESSIONS = new RedisScript(`${RECORD_REVOCATION}
local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[6] .. '*', 'COUNT', ARGV[2])
local life = tonumber(ARGV[5]) - tonumber(ARGV[4])
local ended = {}
for _, key in ipairs(found[2]) do
  local s = redis.call('HMGET', key, 'subject', 'endedAt')
  if s[1] and s[2] == '' then
    local id = string.sub(key, #ARGV[6] + 1)
    redis.call('HSET', key, 'endedAt', ARGV[4], 'endReason', ARGV[3])
    redis.call('ZREM', ARGV[7] .. s[1], id)
    if life > 0 then
      record_revocation(KEYS[1], ARGV[8] .. 'session:' .. id, 'session', id, '', ARGV[5], life)
    end
    table.insert(ended, id)
  end
end
return { found[1], ended }
`);
