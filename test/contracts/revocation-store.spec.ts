import { afterAll, beforeAll } from '@jest/globals';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { InMemoryRevocationStore, revocationStoreContract } from '../../src/testing/index.js';
import { PostgresRevocationStore } from '../../src/tokens/revocation/postgres-revocation-store.js';
import { RedisRevocationStore } from '../../src/tokens/revocation/redis-revocation-store.js';
import { revocations } from '../../src/tokens/revocation/revocations.table.js';
import { describeOnEachDatabase } from '../integration/database-under-test.js';
import { untilRedisAnswers } from '../integration/until-redis-answers.js';
import { describeWithRedis } from '../support/services/available.js';
import { startRedisServer } from '../support/services/start-redis.js';
import { instancesOf } from './instances-of.js';

revocationStoreContract('InMemoryRevocationStore', () => new InMemoryRevocationStore());

describeOnEachDatabase('PostgresRevocationStore', (open) => {
  revocationStoreContract('as a RevocationStore', async () => {
    const database = await open(3);
    const [{ db }] = database.connections;
    return {
      instances: instancesOf(database.connections, (on) => new PostgresRevocationStore(on.db, on)),
      clear: () => db.delete(revocations),
      close: () => database.remove(),
    };
  });
});

describeWithRedis('RedisRevocationStore', () => {
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

  revocationStoreContract('as a RevocationStore', (clock) => ({
    instances: instancesOf(connections, (connection) => new RedisRevocationStore(connection, clock)),
    clear: () => connections[0]?.required.flushall(),
  }));
});
