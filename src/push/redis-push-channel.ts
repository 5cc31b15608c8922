import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { RedisConnection, RedisSubscriber } from '../redis/redis-connection.js';
import { PushChannel } from './push-channel.js';

const PREFIX = 'latchkey:push:';

/** Redis `PUBLISH` and `PSUBSCRIBE`, on a connection of its own. */
export class RedisPushChannel extends PushChannel implements OnModuleInit, OnApplicationShutdown {
  private subscriber: RedisSubscriber | undefined;

  constructor(private readonly redis: RedisConnection) {
    super();
  }

  get connected(): boolean {
    return this.subscriber?.connected ?? false;
  }

  async onModuleInit(): Promise<void> {
    this.subscriber = await this.redis.subscribe(
      `${PREFIX}*`,
      (channel, message) => this.receive(channel.slice(PREFIX.length), message),
      () => this.reportGap(),
    );
  }

  onApplicationShutdown(): void {
    this.subscriber?.close();
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.redis.client?.publish(PREFIX + topic, message).catch(() => undefined);
  }
}
