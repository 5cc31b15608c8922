import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { UnavailableError } from '../../src/common/errors/latchkey-error.js';
import type { TokensConfig } from '../../src/config/config.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { openDatabase } from '../../src/database/open-database.js';
import { PushChannel } from '../../src/push/push-channel.js';
import { PostgresPushChannel } from '../../src/push/postgres-push-channel.js';
import { PostgresSigningKeys } from '../../src/tokens/keys/postgres-signing-keys.js';
import { DerivedKeys } from '../../src/secrets/derived-keys.js';
import { KeySealer } from '../../src/tokens/keys/key-sealer.js';
import { SigningKeyRotation } from '../../src/tokens/keys/signing-key-rotation.js';
import { SigningKeyError } from '../../src/tokens/keys/signing-key-source.js';
import { SigningKeyStore } from '../../src/tokens/keys/signing-key-store.js';
import { SigningKeys } from '../../src/tokens/keys/signing-keys.js';
import { TokenEvents } from '../../src/tokens/token-events.js';
import { TokenKey } from '../../src/tokens/keys/token-key.js';
import { signingKeys } from '../../src/tokens/keys/signing-keys.table.js';
import { describeWithPostgres } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { testConfig, type TestEnvironment } from '../support/test-config.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { openNetwork } from './network.js';
import { ManualClock } from './manual-clock.js';

const SECRET = randomBytes(32).toString('base64');
const MINUTE = 60_000;
const DAY = 86_400_000;
/** Of the default rotation. */
const LEAD = 10 * MINUTE;
const TTL = 15 * MINUTE;
const LEEWAY = 5_000;

/** Every message is lost. */
class DeafChannel extends PushChannel {
  readonly connected = false;

  publish(): Promise<void> {
    return Promise.resolve();
  }
}

const instances: { keys: SigningKeys; push: PushChannel }[] = [];

/** What one process has of the signing keys. */
async function start(
  connection: DatabaseConnection,
  clock: ManualClock,
  environment: TestEnvironment = {},
  push: PushChannel = new DeafChannel(),
) {
  const config: TokensConfig = testConfig('unused', { APP_SECRET: SECRET, ...environment }).tokens;
  const sealer = new KeySealer(new DerivedKeys(config));
  const store = new SigningKeyStore(connection.db, sealer, config, clock, new DrizzleUnitOfWork(connection));
  const source = new PostgresSigningKeys(store, sealer, config, clock, connection, push);
  const keys = new SigningKeys(source, clock);
  const rotation = new SigningKeyRotation(store, source, keys, config, clock, new TokenEvents());
  await keys.onModuleInit();
  instances.push({ keys, push });
  return { keys, rotation, source, kids: () => keys.all.map(({ kid }) => kid) };
}

beforeEach(() => Logger.overrideLogger(false));

function stopAll(): void {
  for (const { keys } of instances.splice(0)) keys.onApplicationShutdown();
}

describeOnEachDatabase('The signing keys', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;
  let clock: ManualClock;

  beforeEach(async () => {
    database = await open();
    [connection] = database.connections;
    clock = new ManualClock();
  });
  afterEach(async () => {
    stopAll();
    await database?.remove();
  });

  const rows = async () => connection.db.select().from(signingKeys).orderBy(signingKeys.signsFrom);

  it('are published before they sign, sign for the period, verify until their last token has expired, and are gone', async () => {
    const { keys, rotation, source, kids } = await start(connection, clock);
    const first = keys.current;
    expect(source.needsMaintenance).toBe(false);

    clock.advance(30 * DAY - LEAD);
    expect(source.needsMaintenance).toBe(true);
    await rotation.maintain();
    expect(source.needsMaintenance).toBe(false);
    const [, second] = keys.all;
    expect([keys.current, kids()]).toEqual([first, [first.kid, second?.kid]]);

    clock.advance(LEAD - 1);
    expect(keys.current).toBe(first);
    clock.advance(1);
    expect(keys.current).toBe(second);

    clock.advance(TTL + LEEWAY - 1);
    await keys.catchUp();
    expect(keys.find(first.kid)).toBe(first);
    expect(source.needsMaintenance).toBe(false);
    clock.advance(1);
    expect([keys.find(first.kid), kids()]).toEqual([undefined, [second?.kid]]);

    expect(source.needsMaintenance).toBe(true);
    await rotation.maintain();
    expect((await rows()).map(({ kid }) => kid)).toEqual([second?.kid]);
    expect(keys.current).toBe(second);
  });

  it('are rotated on demand, with the lead; a second call gets the same next key', async () => {
    const { keys, rotation } = await start(connection, clock);
    const first = keys.current;
    const next = await rotation.rotate();
    const again = await rotation.rotate();

    expect(next).toMatchObject({ state: 'pending', signsFrom: new Date(clock.now() + LEAD) });
    expect(again.kid).toBe(next.kid);
    expect((await rotation.list()).map(({ kid, state }) => [kid, state])).toEqual([
      [next.kid, 'pending'],
      [first.kid, 'signing'],
    ]);
    expect(JSON.stringify(await rotation.list())).not.toContain((await rows())[0]?.sealedPrivateKey);
  });

  it('are made before the lock is taken, in which others wait', async () => {
    const { keys, rotation } = await start(connection, clock, { SIGNING_ALG: 'ES384' });
    const made = jest.spyOn(TokenKey, 'asymmetric');
    const begun = jest.spyOn(DrizzleUnitOfWork.prototype, 'run');
    const orderOf = ({ mock }: { mock: { invocationCallOrder: number[] } }) =>
      mock.invocationCallOrder[0] ?? Number.NaN;
    const { kid } = await rotation.rotate();
    expect(orderOf(made)).toBeLessThan(orderOf(begun));

    // Now nothing else can sign.
    await rotation.revoke(kid);
    jest.clearAllMocks();
    await rotation.revoke(keys.current.kid);
    expect(orderOf(made)).toBeLessThan(orderOf(begun));
    jest.restoreAllMocks();
  });

  it('verify nothing once revoked, never come back, and are replaced at once', async () => {
    const { keys, rotation } = await start(connection, clock);
    const leaked = keys.current;
    await rotation.revoke(leaked.kid);

    expect(keys.find(leaked.kid)).toBeUndefined();
    expect(keys.current.kid).not.toBe(leaked.kid);
    expect(keys.all).toEqual([keys.current]);
    const [row] = await rows();
    expect(row).toMatchObject({ kid: leaked.kid, sealedPrivateKey: '', revokedAt: new Date(clock.now()) });

    const { keys: restarted, kids } = await start(connection, clock);
    expect([restarted.find(leaked.kid), kids()]).toEqual([undefined, [keys.current.kid]]);
    clock.advance(TTL + LEEWAY);
    await rotation.maintain();
    expect((await rows()).map(({ kid }) => kid)).toEqual([keys.current.kid]);
  });

  it('have the next one sign at once when the signing one is revoked', async () => {
    const { keys, rotation } = await start(connection, clock);
    const next = await rotation.rotate();
    await rotation.revoke(keys.current.kid);

    expect(keys.current.kid).toBe(next.kid);
    expect(await rows()).toHaveLength(2);
    expect((await rotation.list()).find(({ kid }) => kid === next.kid)?.state).toBe('signing');
  });

  it('go on when the next one is revoked before it has signed', async () => {
    const { keys, rotation, source } = await start(connection, clock);
    const first = keys.current;
    const next = await rotation.rotate();
    await rotation.revoke(next.kid);
    clock.advance(LEAD + TTL + LEEWAY);

    expect([keys.current, keys.all]).toEqual([first, [first]]);
    await rotation.maintain();
    expect(source.needsMaintenance).toBe(false);
    expect((await rows()).map(({ kid }) => kid)).toEqual([first.kid]);
  });

  it('are left alone when an unknown one is revoked', async () => {
    const { keys, rotation } = await start(connection, clock);
    const { current } = keys;

    await expect(rotation.revoke('unknown')).rejects.toThrow('no signing key with this kid');
    expect(keys.all).toEqual([current]);
  });

  it('change their algorithm without a gap: the old one signs until everyone knows the new one', async () => {
    const { keys: before } = await start(connection, clock);
    const { keys, rotation, source } = await start(connection, clock, { SIGNING_ALG: 'ES384' });
    const old = before.current;
    expect([keys.current.kid, source.needsMaintenance]).toEqual([old.kid, true]);
    await rotation.maintain();

    expect(keys.current.kid).toBe(old.kid);
    expect(keys.all.map(({ alg }) => alg)).toEqual(['ES256', 'ES384']);
    clock.advance(LEAD);
    expect(keys.current.alg).toBe('ES384');
    // An instance that is not restarted yet: it goes on for another lead.
    await before.reload();
    expect(before.current.kid).toBe(old.kid);
    clock.advance(LEAD);
    expect(before.current.kid).toBe(keys.current.kid);
    clock.advance(TTL + LEEWAY);
    expect(keys.all.map(({ alg }) => alg)).toEqual(['ES384']);
  });

  it('do not multiply while instances of two algorithms run side by side', async () => {
    const es256 = await start(connection, clock);
    const es384 = await start(connection, clock, { SIGNING_ALG: 'ES384' });
    for (let minute = 0; minute < 180; minute += 1) {
      for (const { source, rotation } of [es256, es384]) {
        await source.load();
        if (source.needsMaintenance) await rotation.maintain();
      }
      await Promise.all([es256.keys.reload(), es384.keys.reload()]);
      expect(es256.keys.current.alg).toBe('ES256');
      if (minute >= 10) expect(es384.keys.current.alg).toBe('ES384');
      expect(es256.keys.find(es384.keys.current.kid)).toBeDefined();
      expect(es384.keys.find(es256.keys.current.kid)).toBeDefined();
      expect((await rows()).length).toBeLessThanOrEqual(6);
      clock.advance(MINUTE);
    }
  });

  it('are sealed anew after a change of APP_SECRET, so that the previous one can go', async () => {
    const { keys: before } = await start(connection, clock);
    const [{ sealedPrivateKey: sealed } = { sealedPrivateKey: '' }] = await rows();
    const next = randomBytes(32).toString('base64');
    const { keys } = await start(connection, clock, { APP_SECRET: next, APP_SECRET_PREVIOUS: SECRET });

    expect(keys.current.kid).toBe(before.current.kid);
    expect((await rows())[0]?.sealedPrivateKey).not.toBe(sealed);
    const { keys: later } = await start(connection, clock, { APP_SECRET: next });
    expect(later.current.kid).toBe(before.current.kid);
    // Who has opened the key under the old secret goes on with it.
    await before.reload();
    expect(before.find(keys.current.kid)).toBeDefined();
  });

  it('stop the start when their APP_SECRET is not given', async () => {
    await start(connection, clock);
    const other = { APP_SECRET: randomBytes(32).toString('base64') };

    await expect(start(connection, clock, other)).rejects.toThrow(SigningKeyError);
  });

  it('count only if they open: a row that an attacker wrote, or altered, makes no key trusted', async () => {
    const { keys } = await start(connection, clock);
    const [row] = await rows();
    if (!row) throw new Error('There is no key.');
    const forged = { ...row, kid: 'forged', signsUntil: new Date(clock.now()) };
    await connection.db.insert(signingKeys).values(forged);
    await keys.reload();

    expect(keys.all.map(({ kid }) => kid)).toEqual([row.kid]);
  });

  it('verify as long as the longest token that any instance issues', async () => {
    const { keys, rotation } = await start(connection, clock);
    await start(connection, clock, { ACCESS_TOKEN_TTL: '1h' });
    const first = keys.current;
    await rotation.rotate();
    clock.advance(LEAD + 60 * MINUTE);
    await keys.catchUp();

    expect(keys.find(first.kid)).toBe(first);
    clock.advance(LEEWAY);
    expect(keys.find(first.kid)).toBeUndefined();
  });
});

describeWithPostgres('The signing keys of many instances', () => {
  let databaseUrl: string;
  let drop: () => Promise<void>;
  let connections: DatabaseConnection[];
  let clock: ManualClock;

  beforeEach(async () => {
    const database = await createMigratedDatabase();
    ({ url: databaseUrl } = database);
    drop = () => database.drop();
    connections = await Promise.all(Array.from({ length: 5 }, () => connect(databaseUrl)));
    const { MIGRATIONS_FOLDER } = await import('../../src/database/migrations.js');
    await connections[0]?.migrate(MIGRATIONS_FOLDER);
    clock = new ManualClock();
  });
  afterEach(async () => {
    stopAll();
    await Promise.all(connections.map((connection) => connection.close()));
    await drop();
  });

  const connect = async (url: string) => openDatabase({ url, poolMax: 3, directory: '', schema: undefined });

  it('are not trusted after the machine slept, until they are read', async () => {
    const [connection] = connections;
    if (!connection) throw new Error('There is no connection.');
    const { keys, kids } = await start(connection, clock);
    const [kid = ''] = kids();
    expect(keys.find(kid)).toBeDefined();
    // No timer has noticed, and the monotonic clock stood still.
    clock.jump(10 * MINUTE);

    expect(() => keys.find(kid)).toThrow(UnavailableError);
    await keys.catchUp();
    expect(keys.find(kid)).toBeDefined();
  });

  it('are rotated by exactly one of them', async () => {
    const all = await Promise.all(connections.map((connection) => start(connection, clock)));
    expect(new Set(all.map(({ keys }) => keys.current.kid)).size).toBe(1);
    clock.advance(30 * DAY);
    await Promise.all(all.map(({ rotation }) => rotation.maintain()));

    expect(await connections[0]?.db.select().from(signingKeys)).toHaveLength(2);
    expect(new Set(all.map(({ kids }) => kids().join())).size).toBe(1);
  });

  it.each([
    ['when every message is lost', () => new DeafChannel()],
    ['by a message', (connection: DatabaseConnection) => new PostgresPushChannel(connection)],
  ])('are known to all of them soon, %s', async (_, channelOf) => {
    const channels = connections.map((connection) => channelOf(connection));
    const connected = channels.filter((channel) => channel instanceof PostgresPushChannel);
    await Promise.all(connected.map((channel) => channel.onModuleInit()));
    const all = await Promise.all(
      connections.map((connection, index) => start(connection, clock, {}, channels[index])),
    );
    const leaked = all[0]?.keys.current.kid ?? '';
    await all[1]?.rotation.revoke(leaked);

    while (all.some(({ keys }) => keys.find(leaked))) await setTimeout(5);
    expect(new Set(all.map(({ keys }) => keys.current.kid)).size).toBe(1);
    await Promise.all(connected.map((channel) => channel.onApplicationShutdown()));
  });

  it('refuse every token on an instance that is cut off from the database, until it is not', async () => {
    const network = await openNetwork(databaseUrl);
    const cutOff = await connect(network.url);
    connections.push(cutOff);
    const { keys } = await start(cutOff, clock, { REVOCATION_MAX_STALENESS: '1500ms' });
    const { kid } = keys.current;
    network.breakDown();
    network.close();

    let thrown: unknown;
    while (thrown === undefined) {
      await setTimeout(20);
      try {
        keys.find(kid);
      } catch (error) {
        thrown = error;
      }
    }
    expect(thrown).toBeInstanceOf(UnavailableError);
  });

  it('are deleted only when they have expired', async () => {
    const [connection] = connections as [DatabaseConnection];
    const { keys, rotation } = await start(connection, clock);
    const { kid } = keys.current;
    await connection.db
      .update(signingKeys)
      .set({ signsUntil: new Date(clock.now() - TTL - LEEWAY + 1) })
      .where(eq(signingKeys.kid, kid));
    await rotation.maintain();
    const count = async () =>
      (await connection.db.select({ n: sql<number>`count(*)::int` }).from(signingKeys))[0]?.n;

    expect(await count()).toBe(2);
    clock.advance(1);
    await rotation.maintain();
    expect(await count()).toBe(1);
  });
});
