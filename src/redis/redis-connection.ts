import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { parseRedisUrl, type RedisTarget } from '../config/redis-url.js';
import { ChannelSubscriber } from './channel-subscriber.js';
import { connectRedis, type RedisClient, untilReady } from './redis-client.js';
import { RedisUnavailableError } from './redis-unavailable-error.js';

/** Subscriptions on a connection of their own. */
export interface RedisSubscriber {
  /** Whether all of them stand. */
  readonly connected: boolean;
  /** One more channel. */
  listen(channel: string): void;
  close(): void;
}

/** How long a start waits for the connection; milliseconds. */
const READY_WITHIN = 5_000;
/** How often a server that reads what it saved is asked whether it has. */
const LOADING_INTERVAL = 100;
const HUNG_UP = new Error('the connection was closed');

/** The optional Redis. */
export class RedisConnection implements OnApplicationShutdown {
  private readonly subscribers: RedisClient[] = [];

  /** @param client undefined where no `REDIS_URL` is set */
  private constructor(
    readonly client: RedisClient | undefined,
    private readonly target: RedisTarget | undefined,
    /** How the first connection went: with what it failed, or nothing. */
    readonly firstContact: Promise<Error | undefined>,
  ) {}

  /** Loads the client only if there is a URL. Does not wait for the connection. */
  static async open(url: string | undefined): Promise<RedisConnection> {
    const target = url === undefined ? undefined : parseRedisUrl(url);
    if (!target) return new RedisConnection(undefined, undefined, Promise.resolve(undefined));
    const logger = new Logger('Redis');
    const client = await connectRedis(target);
    let reported = false;
    const report = (error: Error): void => {
      if (!reported) logger.warn(`Redis does not answer: ${error.message}`);
      reported = true;
    };
    const firstContact = new Promise<Error | undefined>((resolve) => {
      client.once('ready', () => resolve(undefined)).once('error', resolve);
      // What hangs up without an error, e.g. a proxy with nothing behind it.
      client.once('reconnecting', () => resolve(new RedisUnavailableError(HUNG_UP)));
    });
    client.on('error', report).on('reconnecting', () => report(HUNG_UP));
    client.on('ready', () => {
      if (reported) logger.log('Redis answers again.');
      reported = false;
    });
    return new RedisConnection(client, target, firstContact);
  }

  /** The client of those who cannot do without. @throws Error if no `REDIS_URL` is set */
  get required(): RedisClient {
    if (!this.client) throw new Error('There is no Redis: REDIS_URL is not set.');
    return this.client;
  }

  /**
   * For a start, which may come before the connection stands, or before Redis has read what it saved. Gives all
   * connections up if that takes too long.
   * @throws RedisUnavailableError after five seconds
   */
  async untilReady(): Promise<void> {
    try {
      await untilReady(this.required, READY_WITHIN);
      await this.untilLoaded(performance.now() + READY_WITHIN);
    } catch (error) {
      this.onApplicationShutdown();
      throw error;
    }
  }

  private async untilLoaded(until: number): Promise<void> {
    const failure: unknown = await this.required.ping().catch((error: unknown) => error);
    if (!(failure instanceof Error) || !failure.message.startsWith('LOADING')) return;
    if (performance.now() > until) throw new RedisUnavailableError(failure);
    await sleep(LOADING_INTERVAL);
    await this.untilLoaded(until);
  }

  /**
   * Whether Redis lets its user have the database and the channel: it is tried.
   * @throws Error with what Redis says if not
   */
  async tryDatabaseAnd(channel: string): Promise<void> {
    const { target } = this;
    if (!target) throw new Error('There is no Redis: REDIS_URL is not set.');
    // The client goes on with the first database where it may not have the one that it was told.
    if (target.database > 0) await this.required.call('SELECT', target.database);
    const client = await connectRedis(target);
    client.on('error', () => undefined);
    try {
      await untilReady(client, READY_WITHIN);
      await client.subscribe(channel);
    } finally {
      client.disconnect();
    }
  }

  /**
   * Listens for `PUBLISH` on a connection of its own, for good. By name and not by pattern: a pattern takes a right to that very
   * pattern, a name one to any that it matches.
   * @param connected called each time the subscription stands, the first time included
   */
  async subscribe(
    received: (channel: string, message: string) => void,
    connected: () => void,
  ): Promise<RedisSubscriber> {
    if (!this.target) throw new Error('There is no Redis to subscribe to.');
    const client = await connectRedis(this.target);
    this.subscribers.push(client);
    const subscriber = new ChannelSubscriber(client, connected);
    client.on('message', received);
    return subscriber;
  }

  onApplicationShutdown(): void {
    for (const client of [this.client, ...this.subscribers]) client?.disconnect();
  }
}
