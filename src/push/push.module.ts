import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import type { ModuleOverrides } from '../common/module-overrides.js';
import { DatabaseConnection } from '../database/database.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { LocalPushChannel } from './local-push-channel.js';
import { PostgresPushChannel } from './postgres-push-channel.js';
import { PushChannel } from './push-channel.js';
import { RedisPushChannel } from './redis-push-channel.js';

const DEFAULT: Provider = {
  provide: PushChannel,
  inject: [RedisConnection, DatabaseConnection],
  useFactory: (redis: RedisConnection, database: DatabaseConnection): PushChannel => {
    if (redis.client) return new RedisPushChannel(redis);
    return database.shared ? new PostgresPushChannel(database) : new LocalPushChannel();
  },
};

/** Redis where there is one, else PostgreSQL, else within the process. Replaceable, with `forRoot`: `PushChannel`. */
@Global()
@Module({ providers: [DEFAULT], exports: [PushChannel] })
export class PushModule {
  /** With what stands in for the default. */
  static forRoot({ providers = [], imports = [] }: ModuleOverrides = {}): DynamicModule {
    return { module: PushModule, imports, providers: [DEFAULT, ...providers] };
  }
}
