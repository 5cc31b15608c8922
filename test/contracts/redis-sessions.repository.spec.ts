import { afterAll, beforeAll } from '@jest/globals';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { RedisRevocationStore } from '../../src/tokens/revocation/redis-revocation-store.js';
import { RedisSessionsRepository } from '../../src/tokens/sessions/redis-sessions.repository.js';
import { sessionsRepositoryContract } from '../../src/testing/index.js';
import { untilRedisAnswers } from '../integration/until-redis-answers.js';
import { NoTransactions } from '../support/no-transactions.js';
import { describeWithRedis } from '../support/services/available.js';
import { startRedisServer } from '../support/services/start-redis.js';
import { instancesOf } from './instances-of.js';

describeWithRedis('RedisSessionsRepository', () => {
  let server: Awaited<ReturnType<typeof startRedisServer>>;
  let connections: RedisConnection[];

  beforeAll(async () => {
    server = await startRedisServer();
    connections = await Promise.all([1, 2, 3, 4].map(() => RedisConnection.open(server.url)));
    await Promise.all(connections.map(untilRedisAnswers));
  });
  afterAll(async () => {
    for (const connection of connections) connection.onApplicationShutdown();
    await server?.stop();
  });

  sessionsRepositoryContract('as a SessionsRepository', (clock) => {
    const instances = instancesOf(connections, (connection) => new RedisSessionsRepository(connection));
    const [connection] = connections as [RedisConnection];
    const revocations = new RedisRevocationStore(connection, clock);
    return {
      instances,
      unitsOfWork: instances.map(() => new NoTransactions()),
      revocations,
      clear: async () => {
        await connection.required.flushall();
        // Sessions belong to an epoch, which a reading begins.
        await revocations.all();
      },
    };
  });
});
