import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { PostgresReplayDetection } from '../../src/tokens/proofs/postgres-replay-detection.js';
import { RedisReplayDetection } from '../../src/tokens/proofs/redis-replay-detection.js';
import type { ReplayDetection } from '../../src/tokens/proofs/replay-detection.js';
import { ManualClock } from '../integration/manual-clock.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from '../integration/database-under-test.js';
import { untilRedisAnswers } from '../integration/until-redis-answers.js';
import { describeWithRedis } from '../support/services/available.js';
import { startRedisServer } from '../support/services/start-redis.js';

function isFirstOnce(instances: () => readonly ReplayDetection[]): void {
  const id = () => createHash('sha256').update(randomUUID()).digest('base64url');
  const later = () => Date.now() + 180_000;

  it('knows on each instance what was used on another', async () => {
    const proof = id();
    const answers = [];
    for (const instance of instances()) answers.push(await instance.isFirstUse(proof, later()));
    expect(answers).toEqual([true, false, false]);
  });

  it('has one first of many at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const proof = id();
      const all = [...instances(), ...instances(), ...instances(), ...instances()];
      const answers = await Promise.all(all.map((each) => each.isFirstUse(proof, later())));
      expect(answers.filter(Boolean)).toHaveLength(1);
    }
  });
}

describeOnEachDatabase('PostgresReplayDetection', (open) => {
  let database: DatabaseUnderTest;
  let instances: ReplayDetection[];

  beforeAll(async () => {
    database = await open(3);
    const all = [0, 1, 2].map((index) => database.connections[index] ?? database.connections[0]);
    instances = all.map(({ db }) => new PostgresReplayDetection(db));
  });
  afterAll(() => database.remove());

  isFirstOnce(() => instances);
});

describeWithRedis('RedisReplayDetection', () => {
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

  describe('-', () => {
    isFirstOnce(() =>
      connections.map((connection) => new RedisReplayDetection(connection, new ManualClock(Date.now()))),
    );
  });

  it('keeps nothing for longer than it is needed', async () => {
    const [connection] = connections;
    const replays = connection && new RedisReplayDetection(connection, new ManualClock(Date.now()));
    await replays?.isFirstUse('x'.repeat(43), Date.now() + 180_000);
    const life = await connection?.required.pttl(`{latchkey}:proof:${'x'.repeat(43)}`);
    expect(life).toBeGreaterThan(170_000);
    expect(life).toBeLessThanOrEqual(180_000);
  });
});
