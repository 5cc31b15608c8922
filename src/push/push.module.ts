import { Global, Module } from '@nestjs/common';
import { DatabaseConnection } from '../database/database.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { LocalPushChannel } from './local-push-channel.js';
import { PostgresPushChannel } from './postgres-push-channel.js';
import { PushChannel } from './push-channel.js';
import { RedisPushChannel } from './redis-push-channel.js';

/** Redis where there is one, else PostgreSQL, else within the process. */
@Global()
@Module({
  providers: [
    {
      provide: PushChannel,
      inject: [RedisConnection, DatabaseConnection],
      useFactory: (redis: RedisConnection, database: DatabaseConnection): PushChannel => {
        if (redis.client) return new RedisPushChannel(redis);
        return database.shared ? new PostgresPushChannel(database) : new LocalPushChannel();
      },
    },
  ],
  exports: [PushChannel],
})
export class PushModule {}
