import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Measurements } from '../../src/common/measurements.js';
import { UnavailableError } from '../../src/common/errors/latchkey-error.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { openDatabase } from '../../src/database/open-database.js';
import { PostgresPushChannel } from '../../src/push/postgres-push-channel.js';
import type { PushChannel } from '../../src/push/push-channel.js';
import { RedisPushChannel } from '../../src/push/redis-push-channel.js';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { PostgresRevocationStore } from '../../src/tokens/revocation/postgres-revocation-store.js';
import { RedisRevocationStore } from '../../src/tokens/revocation/redis-revocation-store.js';
import { RevocationList } from '../../src/tokens/revocation/revocation-list.js';
import type { RevocationStore } from '../../src/tokens/revocation/revocation-store.js';
import { RevocationService } from '../../src/tokens/revocation/revocation.service.js';
import { eventually } from '../e2e/support/eventually.js';
import { describeWithPostgres, describeWithRedis, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { startUsedRedis } from '../support/services/used-redis.js';
import { NO_KEYS } from '../support/held-revocations.js';
import { testConfig } from '../support/test-config.js';
import { type Network, openNetwork } from './network.js';
import { ManualClock } from './manual-clock.js';

const SUBJECT = 'someone';

/** What one process has. */
interface Instance {
  readonly store: RevocationStore;
  readonly list: RevocationList;
  readonly service: RevocationService;
  readonly push: PushChannel;
  stop(): Promise<void>;
}

const { tokens: patient } = testConfig('unused', { REVOCATION_MAX_STALENESS: '60s' });
const { tokens: impatient } = testConfig('unused', { REVOCATION_MAX_STALENESS: '1s' });
const clock = new ManualClock();

type Push = PushChannel & { onModuleInit(): Promise<void>; onApplicationShutdown(): void | Promise<void> };

async function startInstance(
  store: RevocationStore,
  push: Push,
  close: () => void | Promise<void>,
  config = patient,
): Promise<Instance> {
  const list = new RevocationList(store, push, config, clock, new Measurements());
  await push.onModuleInit();
  await list.onModuleInit();
  await eventually(() => Promise.resolve(expect(push.connected).toBe(true)));
  return {
    store,
    list,
    push,
    service: new RevocationService(store, list, NO_KEYS, config, clock),
    stop: async () => {
      list.onApplicationShutdown();
      await push.onApplicationShutdown();
      await close();
    },
  };
}

/** A token that was issued now, as it would be verified. */
const token = (changes: { tokenId?: string; subject?: string; issuedAt?: number } = {}) => ({
  sessionId: 'a-session',
  subject: SUBJECT,
  tokenId: 'a-token',
  issuedAt: Math.floor(clock.now() / 1000) * 1000,
  ...changes,
});

/** The other's knowledge comes through the push alone. */
const neverReads = ({ store }: Instance) => {
  for (const reading of ['all', 'recent'] as const) {
    jest.spyOn(store, reading).mockReturnValue(new Promise(() => {}));
  }
};

const becomesRevoked = ({ list }: Instance, which = token()) =>
  eventually(() => Promise.resolve(expect(list.isRevoked(which)).toBe(true)));

function tellsOthers(start: () => Promise<Instance>): void {
  let first: Instance;
  let second: Instance;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    [first, second] = [await start(), await start()];
    clock.advance(10_000);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await first.stop();
    await second.stop();
  });

  it('tells the others at once, before they read the store', async () => {
    neverReads(second);
    await first.service.revokeToken('a-token');

    expect(first.list.isRevoked(token())).toBe(true);
    await becomesRevoked(second);
    expect(second.list.isRevoked(token({ tokenId: 'another' }))).toBe(false);
  });

  it('is read by the others where no message arrived', async () => {
    jest.spyOn(first.push, 'publish').mockResolvedValue(undefined);
    await first.service.revokeToken('a-token');

    await becomesRevoked(second);
  });

  it('by subject kills what was issued until now, this second included, and nothing that comes after', async () => {
    await first.service.revokeSubject(SUBJECT);
    await becomesRevoked(second);

    for (const { list } of [first, second]) {
      expect(list.isRevoked(token({ issuedAt: token().issuedAt - 60_000 }))).toBe(true);
      expect(list.isRevoked(token({ subject: 'another' }))).toBe(false);
      expect(list.isRevoked(token({ issuedAt: list.earliestIssue(SUBJECT) }))).toBe(false);
    }
    expect(first.list.earliestIssue(SUBJECT)).toBe(token().issuedAt + 1000);
    clock.advance(5_000);
    await first.service.revokeSubject(SUBJECT);
    await eventually(() => Promise.resolve(expect(second.list.isRevoked(token())).toBe(true)));
  });

  it('altogether kills every token issued until now', async () => {
    await first.service.revokeAll();
    await becomesRevoked(second, token({ subject: 'anyone' }));

    expect(second.list.isRevoked(token({ issuedAt: second.list.earliestIssue('anyone') }))).toBe(false);
  });

  it('is known to a process that starts later', async () => {
    await first.service.revokeToken('a-token');
    await first.service.revokeSubject('another');
    const third = await start();
    try {
      expect(third.list.isRevoked(token())).toBe(true);
      expect(third.list.isRevoked(token({ subject: 'another', tokenId: 'x' }))).toBe(true);
      expect(third.list.isRevoked(token({ tokenId: 'x' }))).toBe(false);
    } finally {
      await third.stop();
    }
  });

  it('is answered by the store itself, of which a strict server asks', async () => {
    const asked = async (which = token()) => second.store.isRevoked(which);
    expect(await asked()).toBe(false);
    await first.service.revokeToken('a-token');
    expect([await asked(), await asked(token({ tokenId: 'x' }))]).toEqual([true, false]);
    await first.service.revokeSubject('another');
    const ofAnother = token({ subject: 'another', tokenId: 'x' });
    expect(await asked(ofAnother)).toBe(true);
    expect(await asked({ ...ofAnother, issuedAt: first.list.earliestIssue('another') })).toBe(false);
    await first.service.revokeAll();
    expect(await asked(token({ subject: 'third', tokenId: 'y' }))).toBe(true);
  });

  it('of many at once loses none', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `token-${index}`);
    await Promise.all(ids.map((id) => first.service.revokeToken(id)));
    for (const tokenId of ids) await becomesRevoked(second, token({ tokenId }));
  });
}

describeWithPostgres('A revocation on PostgreSQL', () => {
  let database: TestDatabase;
  let network: Network;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    network = await openNetwork(database.url);
  });
  afterEach(async () => {
    network.close();
    await database.drop();
  });

  const open = (url = database.url): Promise<DatabaseConnection> =>
    openDatabase({ url, poolMax: 3, directory: '', schema: undefined });

  const start = async (url?: string, config = patient) => {
    const connection = await open(url);
    const store = new PostgresRevocationStore(connection.db, connection);
    return startInstance(store, new PostgresPushChannel(connection), () => connection.close(), config);
  };

  describe('-', () => tellsOthers(() => start()));

  it('made while a process was cut off is known to it as soon as it is back', async () => {
    const [first, cutOff] = [await start(), await start(network.url)];
    try {
      network.breakDown();
      await first.service.revokeToken('a-token');

      await becomesRevoked(cutOff);
      await eventually(() => Promise.resolve(expect(cutOff.push.connected).toBe(true)));
    } finally {
      await first.stop();
      await cutOff.stop();
    }
  });

  it('that cannot be known refuses every token, until the store answers again', async () => {
    Logger.overrideLogger(false);
    const instance = await start(network.url, impatient);
    try {
      expect(instance.list.isRevoked(token())).toBe(false);
      network.close();
      network.breakDown();
      await eventually(() =>
        Promise.resolve(expect(() => instance.list.isRevoked(token())).toThrow(UnavailableError)),
      );
    } finally {
      await instance.stop();
    }
  });
});

describeWithRedis('A revocation in Redis', () => {
  let server: Awaited<ReturnType<typeof startUsedRedis>>;

  beforeEach(async () => {
    server = await startUsedRedis(clock);
  });
  afterEach(() => server.stop());

  const start = async () => {
    const redis = await RedisConnection.open(server.url);
    const store = new RedisRevocationStore(redis, clock);
    return startInstance(store, new RedisPushChannel(redis), () => redis.onApplicationShutdown());
  };

  describe('-', () => tellsOthers(start));
});
