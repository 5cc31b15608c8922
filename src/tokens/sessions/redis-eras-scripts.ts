import { RedisScript } from '../../redis/redis-script.js';
import { ERA_PREFIX, redisKeys, SESSION_PREFIX, SUBJECT_PREFIX } from '../redis-keys.js';
import { KEPT_LONGER } from '../revocation/redis-revocation-scripts.js';
import { EPOCH_TTL } from '../revocation/redis-revocation-store.js';
import { END_SESSION } from './redis-end-session-script.js';

/** Longer than a session lives that is not used. Milliseconds. */
const EVERYONES_KEPT = 400 * 86_400_000;
/** What was under way when an era began is over. Milliseconds. */
const UNDER_WAY = 60_000;

/**
 * Lua: `later_era` gives the first era, of the subject or of everyone, that a session was opened before: when that began and
 * why. A session without a number is of an instance that knew no eras.
 */
export const ERAS = `
local function later_era(subject, number, created)
  local first
  for _, id in ipairs({ subject, '' }) do
    local e = redis.call('HMGET', '${ERA_PREFIX}' .. id, 'number', 'endedAt', 'reason')
    if e[1] then
      local era, past = tonumber(e[1]), false
      if number then past = tonumber(number) < era else past = tonumber(created) <= tonumber(e[2]) end
      if past and (not first or era < first.era) then first = { era = era, endedAt = e[2], reason = e[3] } end
    end
  end
  return first
end
local function era_at_opening(subject)
  local own = redis.call('HGET', '${ERA_PREFIX}' .. subject, 'number')
  local everyones = redis.call('HGET', '${ERA_PREFIX}', 'number')
  return string.format('%d', math.max(tonumber(own or 0), tonumber(everyones or 0)))
end
local function subject_of(key)
  return string.sub(key, ${SUBJECT_PREFIX.length + 1})
end
-- What HGETALL gave, with the end that an era brought.
local function as_it_is(fields)
  local s = {}
  for index = 1, #fields, 2 do s[fields[index]] = fields[index + 1] end
  local later = s.endedAt == '' and later_era(s.subject, s.era, s.createdAt)
  if later then
    for _, text in ipairs({ 'endedAt', later.endedAt, 'endReason', later.reason }) do table.insert(fields, text) end
  end
  return fields, s
end
`;

/**
 * Lua: begins an era, whose number is greater than any before: also where the last one was lost with a server's last second.
 * `kept` is how long it is there at least.
 */
const BEGIN_ERA = `
local function next_era()
  local seconds = tonumber(redis.call('TIME')[1])
  local last = tonumber(redis.call('GET', '${redisKeys.lastEra}') or 0)
  local number = string.format('%d', math.max(last + 1, seconds))
  redis.call('SET', '${redisKeys.lastEra}', number, 'PX', math.max(${EPOCH_TTL}, redis.call('PTTL', '${redisKeys.lastEra}')))
  return number
end
local function begin_era(subject, number, spared, ending, kept)
  local key = '${ERA_PREFIX}' .. subject
  redis.call('HSET', key, 'number', number, 'endedAt', ending.now, 'reason', ending.reason, 'spared', spared,
    'erases', ending.erases)
  local life = tonumber(ending.revoked_until) - tonumber(ending.now)
  local left = math.max(kept, life + ${KEPT_LONGER}, redis.call('PTTL', key))
  redis.call('PEXPIRE', key, string.format('%d', left))
  if life > 0 then
    local text = 'era|' .. ending.now .. '|' .. ending.revoked_until .. '|' .. number .. '|' .. spared .. '|' .. subject
    list_revocation(ending.list, text, life)
  end
  local t = redis.call('TIME')
  redis.call('ZADD', '${redisKeys.unsettled}', t[1] * 1000, subject)
  left = math.max(left, redis.call('PTTL', '${redisKeys.unsettled}'))
  redis.call('PEXPIRE', '${redisKeys.unsettled}', string.format('%d', left))
end
`;

/**
 * KEYS: subject's sessions, list of revocations, subject's ended sessions. ARGV: reason, now, revoked until, prefix of single
 * revocations, id to spare, 1 if nothing is to be kept, how many to end one by one. Answers the number of the era, the id it
 * spares, how many sessions have ended, and the ids of those that were ended one by one.
 */
export const END_ALL_SESSIONS = new RedisScript(`${END_SESSION}${ERAS}${BEGIN_ERA}
local subject, number = subject_of(KEYS[1]), next_era()
local ending = { reason = ARGV[1], now = ARGV[2], revoked_until = ARGV[3], erases = ARGV[6], list = KEYS[2] }
local spared, ended = '', {}
local total = redis.call('ZCARD', KEYS[1])
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, ARGV[7] - 1)) do
  local key = '${SESSION_PREFIX}' .. id
  local s = redis.call('HMGET', key, 'subject', 'endedAt', 'era', 'createdAt')
  if s[1] == subject and s[2] == '' and id ~= ARGV[5] and not later_era(subject, s[3], s[4]) then
    end_session(id, key, KEYS, ending.reason, ending.now, ending.revoked_until, ARGV[4])
    table.insert(ended, id)
  elseif not s[1] then
    redis.call('ZREM', KEYS[1], id)
  end
end
if ARGV[5] ~= '' then
  local key = '${SESSION_PREFIX}' .. ARGV[5]
  local s = redis.call('HMGET', key, 'subject', 'endedAt', 'era', 'createdAt')
  if s[1] == subject and s[2] == '' and not later_era(subject, s[3], s[4]) then
    spared = ARGV[5]
    redis.call('HSET', key, 'era', number)
  end
end
begin_era(subject, number, spared, ending, redis.call('PTTL', KEYS[1]))
if ending.erases == '1' then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do redis.call('DEL', '${SESSION_PREFIX}' .. id) end
  redis.call('DEL', KEYS[3])
else
  forget_ended(KEYS[3])
end
local count = #ended
if total > tonumber(ARGV[7]) then count = math.max(count, total - (spared ~= '' and 1 or 0)) end
return { number, spared, count, ended }
`);

/** KEYS: list of revocations. ARGV: reason, now, revoked until. Answers the number of the era. */
export const BEGIN_EVERYONES_ERA = new RedisScript(`${END_SESSION}${BEGIN_ERA}
local number = next_era()
local ending = { reason = ARGV[1], now = ARGV[2], revoked_until = ARGV[3], erases = '', list = KEYS[1] }
begin_era('', number, '', ending, ${EVERYONES_KEPT})
return number
`);

/** One step of a walk through all keys. ARGV: cursor, how many keys to look at. Answers the next cursor and how many sessions are open. */
export const COUNT_SESSIONS = new RedisScript(`${ERAS}
local found = redis.call('SCAN', ARGV[1], 'MATCH', '${SESSION_PREFIX}*', 'COUNT', ARGV[2])
local count = 0
for _, key in ipairs(found[2]) do
  local s = redis.call('HMGET', key, 'subject', 'endedAt', 'era', 'createdAt')
  if s[1] and s[2] == '' and not later_era(s[1], s[3], s[4]) then count = count + 1 end
end
return { found[1], count }
`);

/** Lua: lets the sessions of the keys say that they are over, where they are; answers how many of them are not. */
const SETTLE = `
local function settle(keys)
  local open = 0
  for _, key in ipairs(keys) do
    local s = redis.call('HMGET', key, 'subject', 'endedAt', 'era', 'createdAt')
    local later = s[1] and s[2] == '' and later_era(s[1], s[3], s[4])
    if later then
      local id = string.sub(key, ${SESSION_PREFIX.length + 1})
      redis.call('ZREM', '${SUBJECT_PREFIX}' .. s[1], id)
      if redis.call('HGET', '${ERA_PREFIX}' .. s[1], 'erases') == '1' then
        redis.call('DEL', key)
      else
        redis.call('HSET', key, 'endedAt', later.endedAt, 'endReason', later.reason)
        note_ended('${redisKeys.ended('')}' .. s[1], id, later.endedAt, redis.call('PTTL', key))
        forget_ended('${redisKeys.ended('')}' .. s[1])
      end
    elseif s[1] and s[2] == '' then
      open = open + 1
    end
  end
  return open
end
`;

/** KEYS: subject's sessions. ARGV: how many were seen that are open, how many to look at. Answers how many were looked at and are open. */
export const SETTLE_SUBJECT = new RedisScript(`${END_SESSION}${ERAS}${SETTLE}
local ids = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
local keys = {}
for _, id in ipairs(ids) do
  local key = '${SESSION_PREFIX}' .. id
  if redis.call('EXISTS', key) == 1 then table.insert(keys, key) else redis.call('ZREM', KEYS[1], id) end
end
return { #ids, settle(keys) }
`);

/** ARGV: cursor, how many keys to look at. Answers the next cursor. */
export const SETTLE_SCANNED = new RedisScript(`${END_SESSION}${ERAS}${SETTLE}
local found = redis.call('SCAN', ARGV[1], 'MATCH', '${SESSION_PREFIX}*', 'COUNT', ARGV[2])
settle(found[2])
return found[1]
`);

/** KEYS: the unsettled. ARGV: how many. Answers the subjects of eras of which not all sessions say that they are over. */
export const FIND_UNSETTLED = new RedisScript(`return redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)`);

/** KEYS: the unsettled. ARGV: subject, whose sessions all say it; but what was under way when its era began may come after that. */
export const SETTLED = new RedisScript(`
local now = redis.call('TIME')[1] * 1000
local kept = redis.call('ZRANGEBYSCORE', KEYS[1], now - ${UNDER_WAY}, '+inf')
for _, subject in ipairs(kept) do if subject == ARGV[1] then return 0 end end
return redis.call('ZREM', KEYS[1], ARGV[1])
`);
