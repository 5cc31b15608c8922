import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { parseRedisUrl, type RedisTarget } from '../config/redis-url.js';
import { connectRedis, type RedisClient } from './redis-client.js';
import { RedisUnavailableError } from './redis-unavailable-error.js';

/** An open `PSUBSCRIBE`. */
export interface RedisSubscriber {
  readonly connected: boolean;
  close(): void;
}

/** How long a start waits for the connection; milliseconds. */
const READY_WITHIN = 5_000;

/** The optional Redis. */
export class RedisConnection implements OnApplicationShutdown {
  private readonly subscribers: RedisClient[] = [];

  /** @param client undefined where no `REDIS_URL` is set */
  private constructor(
    readonly client: RedisClient | undefined,
    private readonly target: RedisTarget | undefined,
  ) {}

  /** Loads the client only if there is a URL. Does not wait for the connection. */
  static async open(url: string | undefined): Promise<RedisConnection> {
    const target = url === undefined ? undefined : parseRedisUrl(url);
    if (!target) return new RedisConnection(undefined, undefined);
    const logger = new Logger('Redis');
    const client = await connectRedis(target);
    let reported = false;
    client.on('error', (error: Error) => {
      if (!reported) logger.warn(`Redis does not answer: ${error.message}`);
      reported = true;
    });
    client.on('ready', () => {
      if (reported) logger.log('Redis answers again.');
      reported = false;
    });
    return new RedisConnection(client, target);
  }

  /** The client of those who cannot do without. @throws Error if no `REDIS_URL` is set */
  get required(): RedisClient {
    if (!this.client) throw new Error('There is no Redis: REDIS_URL is not set.');
    return this.client;
  }

  /**
   * For a start, which may come before the connection stands. Gives all connections up if it does not.
   * @throws RedisUnavailableError if it does not within five seconds
   */
  async untilReady(): Promise<void> {
    const { required: client } = this;
    if (client.status === 'ready') return;
    let cause: Error | undefined;
    await new Promise<void>((resolve, reject) => {
      const note = (error: Error): void => void (cause = error);
      const settle = (done: () => void): void => {
        clearTimeout(timeout);
        client.off('ready', ready).off('error', note);
        done();
      };
      const ready = (): void => settle(resolve);
      const timeout = setTimeout(
        () =>
          settle(() => {
            this.onApplicationShutdown();
            reject(new RedisUnavailableError(cause));
          }),
        READY_WITHIN,
      );
      client.on('ready', ready).on('error', note);
    });
  }

  /**
   * Listens for `PUBLISH` on a connection of its own, for good.
   * @param connected called each time the subscription stands, the first time included
   */
  async subscribe(
    pattern: string,
    received: (channel: string, message: string) => void,
    connected: () => void,
  ): Promise<RedisSubscriber> {
    if (!this.target) throw new Error('There is no Redis to subscribe to.');
    const client = await connectRedis(this.target);
    this.subscribers.push(client);
    let standing = false;
    let closed = false;
    const stand = async (): Promise<void> => {
      try {
        await client.psubscribe(pattern);
        standing = true;
        connected();
      } catch {
        if (!closed) client.disconnect(true);
      }
    };
    // The other connection reports them.
    client.on('error', () => undefined);
    client.on('close', () => (standing = false));
    client.on('ready', () => void stand());
    client.on('pmessage', (_pattern: string, channel: string, message: string) => received(channel, message));
    return {
      get connected() {
        return standing;
      },
      close: () => {
        closed = true;
        client.disconnect();
      },
    };
  }

  onApplicationShutdown(): void {
    for (const client of [this.client, ...this.subscribers]) client?.disconnect();
  }
}
