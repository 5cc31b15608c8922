import { RedisScript } from '../../redis/redis-script.js';
import type { RedisClient } from '../../redis/redis-client.js';
import {
  AttemptStore,
  type CountedAttempt,
  type DelayRule,
  FIRST_DELAY,
  PENDING_MAX,
} from './attempt-store.js';

const PREFIX = 'latchkey:failures:';

type Numbers = [number, number, number, number, number, number, number];

/**
 * KEYS: streak. ARGV: now, failures that cost nothing, longest delay. Answers: allowed, failures, counted at,
 * noticed, pending; failures and counted at of before.
 */
const COUNT = new RedisScript(`
local streak = redis.call('HMGET', KEYS[1], 'failures', 'countedAt', 'noticed', 'pending')
local now, free, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local failures, counted_at, noticed = tonumber(streak[1] or 0), tonumber(streak[2] or now), tonumber(streak[3] or 0)
local before, before_at = failures, counted_at
local pending = now < counted_at + ${PENDING_MAX} and tonumber(streak[4] or 0) or 0
if failures >= free and now < counted_at + math.min(longest, ${FIRST_DELAY} * 2 ^ (failures - free)) then
  if now < counted_at then
    counted_at, before_at = now, now
    redis.call('HSET', KEYS[1], 'countedAt', ARGV[1])
  end
  return {0, failures, counted_at, noticed, pending, before, before_at}
end
local left = math.max(0, failures - math.max(0, math.floor((now - counted_at) / longest)))
if left == 0 then noticed = 0 end
failures = left + 1
redis.call('HSET', KEYS[1], 'failures', failures, 'countedAt', ARGV[1], 'noticed', noticed, 'pending', pending + 1)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', failures * longest))
return {1, failures, now, noticed, pending, before, before_at}
`);

/** KEYS: streak. */
const FAIL = new RedisScript(`
local pending = tonumber(redis.call('HGET', KEYS[1], 'pending') or 0)
if pending > 0 then redis.call('HSET', KEYS[1], 'pending', pending - 1) end
`);

/** KEYS: streak. ARGV: failures and counted at of the attempt, failures and counted at of before it. */
const GIVE_BACK = new RedisScript(`
local streak = redis.call('HMGET', KEYS[1], 'failures', 'countedAt', 'pending')
if not streak[1] then return end
local left, counted_at = tonumber(streak[1]) - 1, streak[2]
if tonumber(streak[1]) == tonumber(ARGV[1]) and tonumber(counted_at) == tonumber(ARGV[2]) then
  left, counted_at = tonumber(ARGV[3]), ARGV[4]
end
if left < 1 then
  redis.call('DEL', KEYS[1])
else
  local pending = math.max(0, tonumber(streak[3] or 0) - 1)
  redis.call('HSET', KEYS[1], 'failures', left, 'countedAt', counted_at, 'pending', pending)
end
`);

/** KEYS: streak. */
const CLAIM_NOTICE = new RedisScript(`
if redis.call('HGET', KEYS[1], 'noticed') ~= '0' then return 0 end
redis.call('HSET', KEYS[1], 'noticed', 1)
return 1
`);

/** Counts in Redis, for all instances. */
export class RedisAttempts extends AttemptStore {
  constructor(
    private readonly client: RedisClient,
    private readonly rule: DelayRule,
  ) {
    super();
  }

  async count(key: string, now: number): Promise<CountedAttempt> {
    const { failures: free, delayMax } = this.rule;
    const answer = await COUNT.run(this.client, [PREFIX + key], [now, free, delayMax]);
    const [allowed, failures, countedAt, noticed, pending, ...before] = answer as Numbers;
    return {
      allowed: allowed === 1,
      failures,
      countedAt,
      noticed: noticed === 1,
      pending,
      before: { failures: before[0], countedAt: before[1] },
    };
  }

  async fail(key: string): Promise<void> {
    await FAIL.run(this.client, [PREFIX + key]);
  }

  async refund(key: string, { failures, countedAt, before }: CountedAttempt): Promise<void> {
    const given = [failures, countedAt, before.failures, before.countedAt];
    await GIVE_BACK.run(this.client, [PREFIX + key], given);
  }

  async claimNotice(key: string): Promise<boolean> {
    return (await CLAIM_NOTICE.run(this.client, [PREFIX + key])) === 1;
  }

  async forget(key: string): Promise<void> {
    await this.client.del(PREFIX + key);
  }
}
