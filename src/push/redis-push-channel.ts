import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { RedisConnection, RedisSubscriber } from '../redis/redis-connection.js';
import { PUSH_PREFIX } from '../redis/redis-rights.js';
import { PushChannel, type PushListener } from './push-channel.js';

/** Redis `PUBLISH` and `SUBSCRIBE`, on a connection of its own. */
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
      (channel, message) => this.receive(channel.slice(PUSH_PREFIX.length), message),
      () => this.reportGap(),
    );
    for (const topic of this.topics) this.subscriber.listen(PUSH_PREFIX + topic);
  }

  override subscribe(topic: string, listener: PushListener): void {
    super.subscribe(topic, listener);
    this.subscriber?.listen(PUSH_PREFIX + topic);
  }

  onApplicationShutdown(): void {
    this.subscriber?.close();
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.redis.client?.publish(PUSH_PREFIX + topic, message).catch(() => undefined);
  }
}
