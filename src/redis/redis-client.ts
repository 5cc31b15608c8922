import type { Cluster, Redis } from 'ioredis';
import type { RedisTarget } from '../config/redis-url.js';
import { RedisUnavailableError } from './redis-unavailable-error.js';
import { traceCommands } from './trace-commands.js';

export type RedisClient = Redis | Cluster;

/** Milliseconds. Redis answers in one, or is not well. */
const COMMAND_TIMEOUT = 1_000;
const SOCKET_TIMEOUT = 3_000;
const RECONNECT_MAX = 2_000;

/**
 * Connects, and goes on trying for good. Commands fail at once while there is no connection, so that callers can fall
 * back or refuse instead of waiting.
 */
export async function connectRedis(target: RedisTarget): Promise<RedisClient> {
  const client = await clientOf(target);
  traceCommands(client);
  return client;
}

async function clientOf(target: RedisTarget): Promise<RedisClient> {
  const ioredis = await import('ioredis');
  const options = {
    ...(target.username !== undefined && { username: target.username }),
    ...(target.password !== undefined && { password: target.password }),
    ...(target.tls && { tls: {} }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    commandTimeout: COMMAND_TIMEOUT,
    // A connection whose other end is gone without a word is given up, not kept until the kernel does.
    socketTimeout: SOCKET_TIMEOUT,
    // A master that has become a replica: look for the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    connectTimeout: COMMAND_TIMEOUT,
    // One right less to ask for.
    disableClientInfo: true,
    retryStrategy: reconnectAfter,
  };
  const [node] = target.nodes;
  if (target.kind === 'cluster') {
    return new ioredis.Cluster([...target.nodes], {
      redisOptions: options,
      enableOfflineQueue: false,
      clusterRetryStrategy: reconnectAfter,
      // Node names of a TLS certificate must not be resolved to addresses.
      ...(target.tls && { dnsLookup: (address, found) => found(null, address) }),
    });
  }
  if (target.kind === 'sentinel') {
    return new ioredis.Redis({
      ...options,
      db: target.database,
      sentinels: [...target.nodes],
      name: target.master ?? '',
      ...(target.password !== undefined && { sentinelPassword: target.password }),
      sentinelRetryStrategy: reconnectAfter,
      // `tls` alone would be ignored here, and the password sent in the clear.
      ...(target.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    });
  }
  // Its ready check asks with INFO, which not every user may, and complains on standard error. A server that is still
  // reading what it saved refuses commands by itself.
  return new ioredis.Redis({ ...options, ...node, db: target.database, enableReadyCheck: false });
}

/**
 * Waits for a connection to stand.
 * @throws RedisUnavailableError if it does not within that many milliseconds
 */
export async function untilReady(client: RedisClient, within: number): Promise<void> {
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
    const timeout = setTimeout(() => settle(() => reject(new RedisUnavailableError(cause))), within);
    client.on('ready', ready).on('error', note);
  });
}

function reconnectAfter(attempt: number): number {
  return Math.min(100 * attempt, RECONNECT_MAX);
}
