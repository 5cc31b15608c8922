import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';

const COMMAND_TIMEOUT = 1_000;

/** The optional Redis. Commands fail at once while it is away, so that callers fall back instead of waiting. */
export class RedisConnection implements OnApplicationShutdown {
  /** @param client undefined where no `REDIS_URL` is set */
  private constructor(readonly client: Redis | undefined) {}

  /** Loads the client only if there is a URL. */
  static async open(url: string | undefined): Promise<RedisConnection> {
    if (url === undefined) return new RedisConnection(undefined);
    const ioredis = await import('ioredis');
    const logger = new Logger('Redis');
    const client = new ioredis.Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT,
      connectTimeout: COMMAND_TIMEOUT,
      retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
    });
    let reported = false;
    client.on('error', (error: Error) => {
      if (!reported) logger.warn(`Redis does not answer: ${error.message}`);
      reported = true;
    });
    client.on('ready', () => {
      if (reported) logger.log('Redis answers again.');
      reported = false;
    });
    return new RedisConnection(client);
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
