import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** An open `PSUBSCRIBE`. */
export interface RedisSubscriber {
  readonly connected: boolean;
  close(): void;
}

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

  /**
   * Listens for `PUBLISH` on a connection of its own, for good.
   * @param connected called each time the subscription stands, the first time included
   */
  subscribe(
    pattern: string,
    received: (channel: string, message: string) => void,
    connected: () => void,
  ): RedisSubscriber {
    if (!this.client) throw new Error('There is no Redis to subscribe to.');
    const client = this.client.duplicate({ enableOfflineQueue: true, autoResubscribe: false });
    let standing = false;
    client.on('error', () => undefined);
    client.on('close', () => (standing = false));
    client.on('ready', () => void stand());
    const stand = async (): Promise<void> => {
      try {
        await client.psubscribe(pattern);
        standing = true;
        connected();
      } catch {
        client.disconnect(true);
      }
    };
    client.on('pmessage', (_pattern: string, channel: string, message: string) => received(channel, message));
    return {
      get connected() {
        return standing;
      },
      close: () => client.disconnect(),
    };
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
