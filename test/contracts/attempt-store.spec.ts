import { afterAll, beforeAll } from '@jest/globals';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { attemptStoreContract, InMemoryAttemptStore } from '../../src/testing/index.js';
import { InProcessAttempts } from '../../src/throttling/account/in-process-attempts.js';
import { PostgresAttempts } from '../../src/throttling/account/postgres-attempts.js';
import { RedisAttempts } from '../../src/throttling/account/redis-attempts.js';
import { describeOnEachDatabase } from '../integration/database-under-test.js';
import { untilRedisAnswers } from '../integration/until-redis-answers.js';
import { describeWithRedis } from '../support/services/available.js';
import { startRedisServer } from '../support/services/start-redis.js';
import { instancesOf } from './instances-of.js';

/** Every test has keys of its own. */
const clear = () => undefined;

attemptStoreContract('InProcessAttempts', (rule) => new InProcessAttempts(rule));
attemptStoreContract('InMemoryAttemptStore', (rule) => new InMemoryAttemptStore(rule));

describeOnEachDatabase('PostgresAttempts', (open) => {
  attemptStoreContract('as an AttemptStore', async (rule) => {
    const database = await open(4);
    return {
      instances: instancesOf(database.connections, (connection) => new PostgresAttempts(connection, rule)),
      clear,
      close: () => database.remove(),
    };
  });
});

describeWithRedis('RedisAttempts', () => {
  let server: Awaited<ReturnType<typeof startRedisServer>>;
  let connections: RedisConnection[];

  beforeAll(async () => {
    server = await startRedisServer();
    connections = await Promise.all([1, 2, 3].map(() => RedisConnection.open(server.url)));
    await Promise.all(connections.map(untilRedisAnswers));
  });
  afterAll(async () => {
    for (const connection of connections) connection.onApplicationShutdown();
    await server?.stop();
  });

  attemptStoreContract('as an AttemptStore', (rule) => ({
    instances: instancesOf(connections, ({ required }) => new RedisAttempts(required, rule)),
    clear,
  }));
});
