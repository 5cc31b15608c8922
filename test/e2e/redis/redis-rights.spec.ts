import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { AccountRescueService } from '../../../src/admin/account-rescue.service.js';
import { PushChannel } from '../../../src/push/push-channel.js';
import { missingRights } from '../../../src/redis/redis-rights.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { sectionOf } from '../../support/markdown-section.js';
import { describeWithRedis } from '../../support/services/available.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { createTestStore, type TestStore } from '../../support/test-store.js';
import { eventually } from '../support/eventually.js';
import { tellsInOneLine } from '../support/failing-starts.js';

const SETTINGS = { APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA', PUBLIC_URL: 'http://localhost:3000' };

/** Of those that are documented: for limits, and for sessions besides. */
const [LIMITS = [], SESSIONS = []] = [
  ...sectionOf('redis.md', 'Redis').matchAll(/^ACL SETUSER latchkey ([^`]*)/gm),
].map(([, rules = '']) => rules.replace('>PASSWORD', '>pw').trim().split(/\s+/));
const STORES = { database: LIMITS, redis: [...LIMITS, ...SESSIONS] } as const;
type Store = keyof typeof STORES;
const stores = Object.keys(STORES) as Store[];

describeWithRedis('A user of Redis with the documented rights, and no others', () => {
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  let operator: Redis;

  beforeAll(async () => {
    redis = await startRedisServer();
    operator = new Redis(redis.url);
    operator.on('error', () => undefined);
  });
  beforeEach(async () => {
    await operator.call('ACL', 'DELUSER', 'latchkey');
    await operator.call('ACL', 'LOG', 'RESET');
  });
  afterAll(async () => {
    operator.disconnect();
    await redis.stop();
  });

  const urlOf = (user: string) =>
    redis.url.replace('redis://:', `redis://${user}:`).replace(/:[^:@]+@/, ':pw@');
  const allow = (...rules: readonly string[]) => operator.call('ACL', 'SETUSER', 'latchkey', ...rules);
  const environmentOf = (store: Store) => ({
    ...SETTINGS,
    REDIS_URL: urlOf('latchkey'),
    SESSION_STORE: store,
  });

  describe.each(stores)('with the sessions in the %s', (store) => {
    let servers: TestApp[] = [];

    beforeEach(async () => {
      await allow(...STORES[store]);
      const environment = { ...environmentOf(store), SESSIONS_PER_USER: '2', REVOCATION_CHECK: 'store' };
      servers = [await startTestApp({ environment }), await startTestApp({ environment })];
    });
    afterEach(async () => {
      await Promise.all(servers.map((server) => server.close()));
    });

    it('is refused nothing by Redis, whatever is done', async () => {
      const [first, second] = servers as [TestApp, TestApp];
      await eventually(async () => {
        for (const { app } of servers) expect(app.get(PushChannel).connected).toBe(true);
        await Promise.resolve();
      });
      const { user, ...tokens } = (await first.api.register()).body;
      await first.api.login(user.email, 'a wrong password');
      const refreshed = (await first.api.refresh(tokens.refreshToken)).body;
      expect((await first.api.refresh(tokens.refreshToken)).status).toBe(200);
      const token = refreshed.accessToken;
      const { accessToken } = (await first.api.login(user.email)).body;
      expect((await first.api.login(user.email)).status).toBe(200);
      expect((await first.api.get('/api/auth/sessions', { token: accessToken })).status).toBe(200);
      expect((await first.api.post('/api/auth/logout', undefined, { token: accessToken })).status).toBe(204);
      expect((await first.api.profile(token)).status).toBe(401);
      const again = (await first.api.login(user.email)).body;
      const all = { token: again.accessToken };
      expect((await first.api.post('/api/auth/logout-all', undefined, all)).status).toBe(204);
      expect((await first.api.get('/health/ready')).status).toBe(200);
      await second.app.get(AccountRescueService).endSessionsOfAll();

      expect(await operator.call('ACL', 'LOG')).toEqual([]);
    });
  });

  describe('and one of them taken away', () => {
    let client: Redis;

    beforeEach(async () => {
      await allow(...STORES.redis);
      client = new Redis(urlOf('latchkey'), { enableReadyCheck: false, disableClientInfo: true });
    });
    afterEach(() => client.disconnect());

    const commands = STORES.redis.filter((rule) => rule.startsWith('+') && rule !== '+subscribe');

    it.each(commands)('is told that it needs %s', async (command) => {
      expect(await missingRights(client, true)).toEqual([]);
      await allow(command.replace('+', '-'));
      expect(await missingRights(client, true)).toEqual([
        command === '+publish' ? '+publish &latchkey:push:*' : command,
      ]);
    });
  });

  describe('and less than these', () => {
    /** For each start a user of its own: they are tried at once. */
    const lacking: readonly (readonly [what: string, store: Store, taken: string, says: RegExp])[] = [
      [
        'commands',
        'redis',
        '-zadd -info',
        /does not allow its user \+zadd \+info. Grant it that by ACL SETUSER/,
      ],
      ['keys', 'redis', 'resetkeys', /does not allow its user ~latchkey:\* ~{latchkey}:\*. Grant it that/],
      [
        'channels',
        'database',
        '-publish resetchannels',
        /its user \+publish &latchkey:push:\* \+subscribe &latchkey:push:\*. Grant it that/,
      ],
      ['scripts', 'database', '-eval -evalsha', /its user \+evalsha \+eval. Grant it that/],
      [
        'a password',
        'database',
        'resetpass >another',
        /WRONGPASS.* Give it a user and a password that Redis knows/,
      ],
    ];

    let database: TestStore;

    beforeAll(async () => {
      database = await createTestStore({});
      for (const [index, [, store, taken]] of lacking.entries())
        await operator.call('ACL', 'SETUSER', `lacking${index}`, ...STORES[store], ...taken.split(' '));
      await operator.call('ACL', 'SETUSER', 'selecting', ...STORES.redis, '+select');
    });
    afterAll(() => database.remove());

    // What it says of Redis is the same whatever the database; PostgreSQL is the quicker to open.
    const start = (store: Store, REDIS_URL: string) => {
      const { DATABASE_URL } = database.environment;
      return { ...SETTINGS, REDIS_URL, SESSION_STORE: store, ...(DATABASE_URL && { DATABASE_URL }) };
    };
    tellsInOneLine({
      ...Object.fromEntries(
        lacking.map(([what, store, , says], index) => [
          `the user of Redis lacks ${what}`,
          { environment: () => start(store, urlOf(`lacking${index}`)), says },
        ]),
      ),
      'Redis does not have that database': {
        environment: () => start('redis', `${urlOf('selecting')}/999`),
        says: /REDIS_URL cannot be used: .*out of range.* Leave the number of the database out/,
      },
      'Redis does not have that database, and sessions are not in it': {
        environment: () => start('database', `${urlOf('selecting')}/999`),
        says: /REDIS_URL cannot be used: .*out of range.* Leave the number of the database out/,
      },
    });
  });

  describe('on a Redis that evicts', () => {
    let server: LatchkeyProcess | undefined;
    let database: TestStore;

    beforeEach(async () => {
      database = await createTestStore({});
      await operator.config('SET', 'maxmemory-policy', 'allkeys-lru');
    });
    afterEach(async () => {
      await operator.config('SET', 'maxmemory', '0');
      await operator.config('SET', 'maxmemory-policy', 'noeviction');
      await server?.stop();
      await database.remove();
    });

    const environment = (store: Store) => ({
      ...database.environment,
      ...environmentOf(store),
      NODE_ENV: 'development',
    });
    const start = async (store: Store) => {
      server = await LatchkeyProcess.start(environment(store));
      return server.stdout.split('\n').filter((line) => line.includes('maxmemory-policy'));
    };

    it('is warned in one line that counters may be lost', async () => {
      await allow(...STORES.database);
      await operator.config('SET', 'maxmemory', '100mb');
      expect(await start('database')).toEqual([
        expect.stringMatching(
          /WARN.*may evict counters.*set its maxmemory-policy, allkeys-lru, to noeviction/,
        ),
      ]);
    });

    it('is warned in one line that sessions would be lost if there were a maxmemory', async () => {
      await allow(...STORES.redis);
      expect(await start('redis')).toEqual([
        expect.stringMatching(
          /WARN.*would evict sessions.*set its maxmemory-policy, allkeys-lru, to noeviction/,
        ),
      ]);
    });

    it('is not let start where sessions would be lost, and told what to set', async () => {
      await allow(...STORES.redis);
      await operator.config('SET', 'maxmemory', '100mb');
      server = LatchkeyProcess.launch(environment('redis'));
      expect((await server.exited).code).toBe(1);
      expect(server.stderr).toMatch(
        /^Configuration: REDIS_URL cannot be used: its maxmemory-policy is allkeys-lru/m,
      );
    });

    it('may not ask whether it does, and starts', async () => {
      await allow(...STORES.database, '-info');
      expect(await start('database')).toEqual([]);
      expect(server?.stderr).toBe('');
    });
  });
});
