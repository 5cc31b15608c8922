import { afterAll, beforeAll, describe } from '@jest/globals';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import type { AttemptStore } from '../../src/throttling/account/attempt-store.js';
import { InProcessAttempts } from '../../src/throttling/account/in-process-attempts.js';
import { PostgresAttempts } from '../../src/throttling/account/postgres-attempts.js';
import { RedisAttempts } from '../../src/throttling/account/redis-attempts.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from '../integration/database-under-test.js';
import { untilRedisAnswers } from '../integration/until-redis-answers.js';
import { describeWithRedis } from '../support/services/available.js';
import { startRedisServer } from '../support/services/start-redis.js';
import { attemptStoreContract, RULE } from './attempt-store.contract.js';

type Stores = [AttemptStore, ...AttemptStore[]];

describe('InProcessAttempts', () => {
  const store = new InProcessAttempts(RULE);

  attemptStoreContract(() => [store]);
});

describeOnEachDatabase('PostgresAttempts', (open) => {
  let database: DatabaseUnderTest;

  beforeAll(async () => {
    database = await open(4);
  });
  afterAll(() => database?.remove());

  attemptStoreContract(() => {
    const [first, ...others] = database.connections.map(
      (connection) => new PostgresAttempts(connection, RULE),
    );
    return [first, ...others] as Stores;
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

  attemptStoreContract(
    () => connections.map(({ required }) => new RedisAttempts(required, RULE)) as unknown as Stores,
  );
});
