import { Global, Module } from '@nestjs/common';
import { RedisConfig } from '../config/config.js';
import { RedisConnection } from './redis-connection.js';
import { RedisStartCheck } from './redis-start-check.js';

/** The connection to Redis, if `REDIS_URL` names one. */
@Global()
@Module({
  providers: [
    {
      provide: RedisConnection,
      inject: [RedisConfig],
      useFactory: ({ url }: RedisConfig) => RedisConnection.open(url),
    },
    RedisStartCheck,
  ],
  exports: [RedisConnection],
})
export class RedisModule {}
