import type { RedisClient } from '../../redis/redis-client.js';
import { RedisScript } from '../../redis/redis-script.js';
import { CountStore, type Delta, type WindowCount } from './count-store.js';

/** KEYS: counter. ARGV: points, milliseconds of a new window. Answers: points, milliseconds left. */
const ADD = new RedisScript(`
local points = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {points, left}
`);

/** Counts in Redis, of which each key may lie on another node. */
export class RedisCounts extends CountStore {
  constructor(private readonly client: RedisClient) {
    super();
  }

  async add(deltas: readonly Delta[], now: number): Promise<WindowCount[]> {
    return Promise.all(
      deltas.map(async ({ key, points, windowEnd }) => {
        const answer = await ADD.run(this.client, [key], [points, Math.max(1, windowEnd - now)]);
        const [counted, left] = answer as [number, number];
        return { key, points: counted, windowEnd: now + left };
      }),
    );
  }
}
