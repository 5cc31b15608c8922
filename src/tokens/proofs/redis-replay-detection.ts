import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { redisKeys } from '../redis-keys.js';
import { ReplayDetection } from './replay-detection.js';

/** In Redis, where sessions are: `SET NX` decides who was first. */
@Injectable()
export class RedisReplayDetection extends ReplayDetection {
  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {
    super();
  }

  async isFirstUse(id: string, expiresAt: number): Promise<boolean> {
    const life = Math.max(1, expiresAt - this.clock.now());
    return (await this.redis.required.set(redisKeys.proof(id), '', 'PX', life, 'NX')) === 'OK';
  }
}
