import { Clock } from '../../../src/common/clock.js';
import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { RedisRevocationStore } from '../../../src/tokens/revocation/redis-revocation-store.js';
import { startRedisServer } from './start-redis.js';

const AGO = 10_000;

class EarlierClock extends Clock {
  constructor(private readonly clock: Clock) {
    super();
  }

  now(): number {
    return this.clock.now() - AGO;
  }
}

/** A Redis of its own that has been started on before: on one that is new a start waits for the next second to begin. */
export async function startUsedRedis(clock: Clock): ReturnType<typeof startRedisServer> {
  const server = await startRedisServer();
  const redis = await RedisConnection.open(server.url);
  try {
    await redis.untilReady();
    await new RedisRevocationStore(redis, new EarlierClock(clock)).recent(0);
  } finally {
    redis.onApplicationShutdown();
  }
  return server;
}
