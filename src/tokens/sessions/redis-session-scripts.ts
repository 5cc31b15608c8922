import { RedisScript } from '../../redis/redis-script.js';
import { CHILDREN_PREFIX, SESSION_PREFIX } from '../redis-keys.js';
import { CURRENT_EPOCH } from '../revocation/redis-revocation-scripts.js';
import { END_SESSION } from './redis-end-session-script.js';
import { ERAS } from './redis-eras-scripts.js';

/** How many of a subject's oldest ids a login looks at, to forget those of sessions that are gone. */
const FORGOTTEN_AT_ONCE = 10;

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
 * Lua. KEYS: session, subject's sessions, epoch. ARGV: id, last used, time to live, then the fields and values. `era` is the
 * number of the session's era then.
 * @param firstField where in ARGV the fields begin
 */
export const createSession = (firstField: number): string => `
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.error_reply('DUPLICATE there is such a session') end
local era = era_at_opening(subject_of(KEYS[2]))
local opened_in = { 'lineage', current_lineage(KEYS[3]), 'era', era }
redis.call('HSET', KEYS[1], unpack(ARGV, ${firstField}))
redis.call('HSET', KEYS[1], unpack(opened_in))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local prefix = string.sub(KEYS[1], 1, #KEYS[1] - #ARGV[1])
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, ${FORGOTTEN_AT_ONCE - 1})) do
  if redis.call('EXISTS', prefix .. id) == 0 then redis.call('ZREM', KEYS[2], id) end
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
`;

/** Lua: whether a session can be granted in the parent, which must be the subject's and not have ended. */
const IS_PARENT = `
local function is_parent(id, subject, lineage)
  local s = redis.call('HMGET', '${SESSION_PREFIX}' .. id, 'subject', 'endedAt', 'lineage', 'era', 'createdAt')
  return s[1] == subject and s[2] == '' and s[3] == lineage and not later_era(subject, s[4], s[5])
end
local function add_child(list, id, life)
  for _, other in ipairs(redis.call('SRANDMEMBER', list, ${FORGOTTEN_AT_ONCE})) do
    if redis.call('HGET', '${SESSION_PREFIX}' .. other, 'endedAt') ~= '' then redis.call('SREM', list, other) end
  end
  redis.call('SADD', list, id)
  if redis.call('PTTL', list) < tonumber(life) then redis.call('PEXPIRE', list, life) end
end
`;

/**
 * ARGV beside those of `createSession`, before the fields: the session it is granted in (or nothing), 1 if that one's end is its
 * own. Answers the number of its era; nothing if the other has ended.
 */
export const CREATE_SESSION = new RedisScript(`${LINEAGE}${ERAS}${IS_PARENT}
if ARGV[4] ~= '' and not is_parent(ARGV[4], subject_of(KEYS[2]), current_lineage(KEYS[3])) then return nil end
${createSession(6)}
if ARGV[5] == '1' then add_child('${CHILDREN_PREFIX}' .. ARGV[4], ARGV[1], ARGV[3]) end
return era
`);

/**
 * KEYS: session, epoch. ARGV: generation, secret hash, now, grace until (or nothing), idle expiry, how long an expired
 * session is kept, prefix of subjects' keys, id, client (or nothing), key (or nothing). Answers the session's fields, or nothing if it was not moved on.
 */
export const ROTATE_SESSION = new RedisScript(`${LINEAGE}${ERAS}
local s = redis.call('HMGET', KEYS[1], 'generation', 'secretHash', 'endedAt', 'idleExpiresAt', 'expiresAt', 'subject',
  'lineage', 'era', 'createdAt', 'clientId', 'parentId', 'jkt')
local now = tonumber(ARGV[3])
if (s[10] or '') ~= ARGV[9] then return nil end
if (s[12] or '') ~= '' and s[12] ~= ARGV[10] then return nil end
if s[1] ~= ARGV[1] or s[2] ~= ARGV[2] or s[3] ~= '' then return nil end
if tonumber(s[4]) <= now or tonumber(s[5]) <= now or s[7] ~= current_lineage(KEYS[2]) then return nil end
if later_era(s[6], s[8], s[9]) then return nil end
local idle = math.min(tonumber(ARGV[5]), tonumber(s[5]))
local life = idle - now + tonumber(ARGV[6])
redis.call('HSET', KEYS[1], 'generation', tonumber(s[1]) + 1, 'graceUntil', ARGV[4],
  'lastUsedAt', ARGV[3], 'idleExpiresAt', string.format('%d', idle))
redis.call('PEXPIRE', KEYS[1], string.format('%d', life))
local subject = ARGV[7] .. s[6]
redis.call('ZADD', subject, ARGV[3], ARGV[8])
if redis.call('PTTL', subject) < life then redis.call('PEXPIRE', subject, string.format('%d', life)) end
if s[11] and s[11] ~= '' then
  local list = '${CHILDREN_PREFIX}' .. s[11]
  local left = redis.call('PTTL', list)
  if left > 0 and left < life then redis.call('PEXPIRE', list, string.format('%d', life)) end
end
return redis.call('HGETALL', KEYS[1])
`);

/** KEYS: session, epoch. ARGV: subject, now. Answers 1 if the session is the subject's, and open. */
export const REAUTHENTICATE_SESSION = new RedisScript(`${LINEAGE}${ERAS}
local s = redis.call('HMGET', KEYS[1], 'subject', 'endedAt', 'idleExpiresAt', 'expiresAt', 'lineage', 'era', 'createdAt')
local now = tonumber(ARGV[2])
if s[1] ~= ARGV[1] or s[2] ~= '' or s[5] ~= current_lineage(KEYS[2]) then return 0 end
if later_era(s[1], s[6], s[7]) then return 0 end
if tonumber(s[3]) <= now or tonumber(s[4]) <= now then return 0 end
redis.call('HSET', KEYS[1], 'reauthenticatedAt', ARGV[2])
return 1
`);

/** KEYS: session, epoch. Answers the session's fields; nothing if it is of another lineage. */
export const FIND_SESSION = new RedisScript(`${LINEAGE}${ERAS}
local fields, s = as_it_is(redis.call('HGETALL', KEYS[1]))
if #fields == 0 or s.lineage ~= current_lineage(KEYS[2]) then return {} end
return fields
`);

/**
 * KEYS: session, subject's sessions, list of revocations, subject's ended sessions. ARGV: id, reason, now, revoked until,
 * prefix of single revocations. Answers the ids of those that it ended: the session's, if it was the subject's, and open, then
 * those of what was granted in it.
 */
export const END_ONE_SESSION = new RedisScript(`${END_SESSION}${ERAS}
local subject = subject_of(KEYS[2])
local s = redis.call('HMGET', KEYS[1], 'subject', 'endedAt', 'era', 'createdAt')
if s[1] ~= subject or s[2] ~= '' or later_era(subject, s[3], s[4]) then return {} end
local keys = { KEYS[2], KEYS[3], KEYS[4] }
end_session(ARGV[1], KEYS[1], keys, ARGV[2], ARGV[3], ARGV[4], ARGV[5])
local ended = end_children(ARGV[1], subject, keys, ARGV[3], ARGV[4], ARGV[5], later_era, { ARGV[1] })
forget_ended(KEYS[4])
return ended
`);

/**
 * One step of a walk, from the highest score down. KEYS: subject's sessions, epoch. ARGV: prefix of sessions' keys, how
 * many to look at, score and id after which to begin (`+inf` and nothing: at the first). Answers the fields of each that
 * is there, and score and id of the last looked at (nothing: there are no more).
 */
export const LIST_SESSIONS = new RedisScript(`${LINEAGE}${ERAS}
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
  local fields, s = as_it_is(redis.call('HGETALL', ARGV[1] .. looked[index]))
  if #fields > 0 and s.lineage == lineage then table.insert(found, fields) end
end
if #looked < 2 * count then return { found } end
return { found, looked[#looked], looked[#looked - 1] }
`);
