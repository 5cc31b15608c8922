import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RedisConfig } from '../config/slices.js';

const COMMAND_TIMEOUT = 1_000;

/** The optional Redis. Commands fail at once while it is away, so that callers fall back instead of waiting. */
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  /** Undefined where no `REDIS_URL` is set. */
  readonly client: Redis | undefined;

  constructor(config: RedisConfig) {
    if (config.url === undefined) return;
    const logger = new Logger('Redis');
    this.client = new Redis(config.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT,
      connectTimeout: COMMAND_TIMEOUT,
      retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
    });
    let reported = false;
    this.client.on('error', (error: Error) => {
      if (!reported) logger.warn(`Redis does not answer: ${error.message}`);
      reported = true;
    });
    this.client.on('ready', () => {
      if (reported) logger.log('Redis answers again.');
      reported = false;
    });
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
