import { RedisScript } from '../../redis/redis-script.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { AttemptStore, type CountedAttempt, type DelayRule, FIRST_DELAY } from './attempt-store.js';

const PREFIX = 'latchkey:failures:';

/** KEYS: streak. ARGV: now, failures that cost nothing, longest delay. Answers: allowed, failures, counted at, noticed. */
const COUNT = new RedisScript(`
local streak = redis.call('HMGET', KEYS[1], 'failures', 'countedAt', 'noticed')
local now, free, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local failures, counted_at, noticed = tonumber(streak[1] or 0), tonumber(streak[2] or 0), tonumber(streak[3] or 0)
if failures >= free and now < counted_at + math.min(longest, ${FIRST_DELAY} * 2 ^ (failures - free)) then
  return {0, failures, counted_at, noticed}
end
local left = math.max(0, failures - math.max(0, math.floor((now - counted_at) / longest)))
if left == 0 then noticed = 0 end
failures = left + 1
redis.call('HSET', KEYS[1], 'failures', failures, 'countedAt', ARGV[1], 'noticed', noticed)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', failures * longest))
return {1, failures, now, noticed}
`);

/** KEYS: streak. */
const GIVE_BACK = new RedisScript(`
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HINCRBY', KEYS[1], 'failures', -1) < 1 then
  redis.call('DEL', KEYS[1])
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
    const [allowed, failures, countedAt, noticed] = answer as [number, number, number, number];
    return { allowed: allowed === 1, failures, countedAt, noticed: noticed === 1 };
  }

  async giveBack(key: string): Promise<void> {
    await GIVE_BACK.run(this.client, [PREFIX + key]);
  }

  async claimNotice(key: string): Promise<boolean> {
    return (await CLAIM_NOTICE.run(this.client, [PREFIX + key])) === 1;
  }

  async forget(key: string): Promise<void> {
    await this.client.del(PREFIX + key);
  }
}
