import { once } from 'node:events';
import type { RedisConnection } from '../../src/redis/redis-connection.js';

export async function untilRedisAnswers({ required }: RedisConnection): Promise<void> {
  if (required.status !== 'ready') await once(required, 'ready');
}
