import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisPushChannel } from '../../src/push/redis-push-channel.js';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { RedisRevocationStore } from '../../src/tokens/revocation/redis-revocation-store.js';
import { RedisSessionsRepository } from '../../src/tokens/sessions/redis-sessions.repository.js';
import { NO_GRANT, type Session } from '../../src/tokens/sessions/session.js';
import { eventually } from '../e2e/support/eventually.js';
import { describeWithRedis } from '../support/services/available.js';
import { startRedisCluster, startRedisWithSentinel } from '../support/services/start-redis-topologies.js';
import { tokenOfSession } from '../support/held-revocations.js';
import { ManualClock } from './manual-clock.js';

const clock = new ManualClock(Date.now());

describeWithRedis('Redis', () => {
  describe.each([
    ['found through a Sentinel', startRedisWithSentinel],
    ['as a Cluster', startRedisCluster],
  ])('%s', (_, startServers) => {
    let servers: Awaited<ReturnType<typeof startServers>>;
    let connections: [RedisConnection, RedisConnection];

    beforeAll(async () => {
      servers = await startServers();
    });
    beforeEach(async () => {
      connections = [await RedisConnection.open(servers.url), await RedisConnection.open(servers.url)];
      for (const connection of connections) await connection.untilReady();
    });
    afterEach(() => {
      for (const connection of connections) connection.onApplicationShutdown();
    });
    afterAll(() => servers.stop());

    it('keeps sessions: what one process opens, rotates and ends, another one sees', async () => {
      const [here, there] = connections.map((connection) => new RedisSessionsRepository(connection)) as [
        RedisSessionsRepository,
        RedisSessionsRepository,
      ];
      await here.ping();
      await new RedisRevocationStore(connections[0], clock).all();
      const [session, other] = [newSession(), newSession()];
      await here.create(session);
      await here.create(other);
      expect(await there.findById(session.id)).toEqual(session);

      const rotation = {
        id: session.id,
        generation: 0,
        secretHash: session.secretHash,
        clientId: null,
        jkt: null,
        now: new Date(clock.now()),
        graceUntil: null,
        idleExpiresAt: session.idleExpiresAt,
      };
      expect((await there.rotate(rotation))?.generation).toBe(1);
      expect(await here.rotate(rotation)).toBeUndefined();

      const ending = {
        reason: 'logout' as const,
        now: new Date(clock.now()),
        revokedUntil: new Date(clock.now() + 60_000),
      };
      expect(await here.end(session.id, session.subject, ending)).toEqual([session.id]);
      expect((await there.findOpen(session.subject, ending.now, { limit: 9 })).map(({ id }) => id)).toEqual([
        other.id,
      ]);
      expect(await there.endAll(session.subject, ending)).toMatchObject({ ids: [other.id], count: 1 });
    });

    it('keeps revocations: those of sessions that ended, and those that are added', async () => {
      const sessions = new RedisSessionsRepository(connections[0]);
      const [here, there] = connections.map((connection) => new RedisRevocationStore(connection, clock)) as [
        RedisRevocationStore,
        RedisRevocationStore,
      ];
      await here.all();
      const session = newSession();
      await sessions.create(session);
      const expiresAt = new Date(clock.now() + 60_000);
      await sessions.endAll(session.subject, {
        reason: 'logout',
        now: new Date(clock.now()),
        revokedUntil: expiresAt,
      });
      const token = { kind: 'token', id: randomUUID(), issuedBefore: null, expiresAt } as const;
      await here.add(token);

      for (const known of [await there.all(), await there.recent(10_000)]) {
        expect(known).toEqual(
          expect.arrayContaining([token, { kind: 'session', id: session.id, issuedBefore: null, expiresAt }]),
        );
      }
      expect(await there.isRevoked(tokenOfSession(session.id))).toBe(true);
      expect(await there.isRevoked(tokenOfSession(randomUUID()))).toBe(false);
      expect(await there.isRevoked({ ...tokenOfSession(randomUUID()), tokenId: token.id })).toBe(true);
    });

    it('tells the other processes', async () => {
      const [here, there] = connections.map((connection) => new RedisPushChannel(connection)) as [
        RedisPushChannel,
        RedisPushChannel,
      ];
      const heard: (string | undefined)[] = [];
      there.subscribe('topic', (message) => heard.push(message));
      await there.onModuleInit();
      await eventually(() => Promise.resolve(expect(there.connected).toBe(true)));
      await here.publish('topic', 'a message');
      await here.publish('another topic', 'not for them');
      await here.publish('topic', 'the last');

      await eventually(() => Promise.resolve(expect(heard.slice(-2)).toEqual(['a message', 'the last'])));
      there.onApplicationShutdown();
    });
  });
});

describeWithRedis('A Sentinel that is to be asked by TLS, and does not speak it', () => {
  it('is not asked in the clear', async () => {
    const servers = await startRedisWithSentinel();
    const connection = await RedisConnection.open(servers.url.replace('redis+', 'rediss+'));
    await expect(connection.untilReady()).rejects.toThrow('Redis does not answer');
    await servers.stop();
  });
});

const subject = randomUUID();

function newSession(): Session {
  const now = new Date(clock.now());
  const later = new Date(clock.now() + 600_000);
  return {
    id: randomUUID(),
    subject,
    generation: 0,
    secretHash: 'a-hash',
    graceUntil: null,
    createdAt: now,
    lastUsedAt: now,
    idleExpiresAt: later,
    expiresAt: later,
    endedAt: null,
    endReason: null,
    ...NO_GRANT,
    reauthenticatedAt: null,
    methods: null,
    era: 0,
    ip: null,
    userAgent: null,
  };
}
