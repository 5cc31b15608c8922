import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { TokensConfig } from '../../src/config/config.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { DerivedKeys } from '../../src/secrets/derived-keys.js';
import { DeviceHistory } from '../../src/tokens/devices/device-history.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

const secretKey = () => createSecretKey(randomBytes(32));

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const HOME = { ip: '203.0.113.7', userAgent: FIREFOX };
const ELSEWHERE = { ip: '198.51.100.1', userAgent: FIREFOX };

describeOnEachDatabase('Known devices', (open) => {
  const appSecret = secretKey();
  const clock = new ManualClock();
  let database: DatabaseUnderTest;
  let devices: DeviceHistory;
  let subject: string;
  let announced: number;

  beforeAll(async () => {
    database = await open();
    devices = devicesWith({ appSecret, appSecretPrevious: undefined });
  });

  beforeEach(() => {
    subject = randomUUID();
    announced = 0;
  });

  afterAll(() => database.remove());

  const devicesWith = (secrets: Pick<TokensConfig, 'appSecret' | 'appSecretPrevious'>) => {
    const [connection] = database.connections;
    const keys = new DerivedKeys(secrets as TokensConfig);
    return new DeviceHistory(connection.db, new DrizzleUnitOfWork(connection), clock, keys);
  };
  const announce = () => Promise.resolve(void (announced += 1));
  const kept = async () => {
    const { rows } = (await database.connections[0].db.execute(
      sql`select * from latchkey.known_devices where subject = ${subject}`,
    )) as { rows: object[] };
    return rows;
  };
  const isNew = async (client: { ip: string | null; userAgent: string | null }) => {
    const before = announced;
    await devices.remember(subject, client, announce);
    return announced > before;
  };

  it('do not announce the first one, and a later one once', async () => {
    expect(await isNew(HOME)).toBe(false);
    expect(await isNew(ELSEWHERE)).toBe(true);
    expect(await isNew(ELSEWHERE)).toBe(false);
    expect(await isNew(HOME)).toBe(false);
  });

  it.each([
    ['another address of the same network', { ip: '203.0.113.200', userAgent: FIREFOX }, false],
    ['another version of the program', { ip: HOME.ip, userAgent: FIREFOX.replaceAll('140', '141') }, false],
    ['another network', ELSEWHERE, true],
    ['another program', { ip: HOME.ip, userAgent: 'curl/8.5.0' }, true],
    [
      'another system',
      { ip: HOME.ip, userAgent: FIREFOX.replace('X11; Linux x86_64', 'Windows NT 10.0') },
      true,
    ],
    ['an unknown program', { ip: HOME.ip, userAgent: null }, true],
    ['an unknown address', { ip: null, userAgent: FIREFOX }, true],
  ])('tell that %s is another device, or not', async (_, client, expected) => {
    await devices.remember(subject, HOME);
    expect(await isNew(client)).toBe(expected);
  });

  it('know a device of one subject only', async () => {
    await devices.remember(randomUUID(), ELSEWHERE);
    await devices.remember(subject, HOME);
    expect(await isNew(ELSEWHERE)).toBe(true);
  });

  it('announce a new one once, however many sign in from it at the same time', async () => {
    await devices.remember(subject, HOME);
    await Promise.all(Array.from({ length: 20 }, () => devices.remember(subject, ELSEWHERE, announce)));
    expect(announced).toBe(1);
  });

  it('announce all but one of those that sign in for the first time at the same time', async () => {
    const clients = Array.from({ length: 5 }, (_, index) => ({ ip: `203.0.${index}.1`, userAgent: FIREFOX }));
    for (let round = 1; round <= 20; round += 1) {
      subject = randomUUID();
      await Promise.all(clients.map((client) => devices.remember(subject, client, announce)));
      expect(announced).toBe(4 * round);
    }
  });

  it('do not know one that could not be announced', async () => {
    await devices.remember(subject, HOME);
    const failing = () => Promise.reject(new Error('no room'));
    await expect(devices.remember(subject, ELSEWHERE, failing)).rejects.toThrow('no room');
    expect(await isNew(ELSEWHERE)).toBe(true);
  });

  it('are known again under a new secret, while the one before is accepted', async () => {
    await devices.remember(subject, HOME);
    const next = { appSecret: secretKey(), appSecretPrevious: appSecret };
    await devicesWith(next).remember(subject, { ...ELSEWHERE, ip: '192.0.2.1' });
    await devicesWith(next).remember(subject, HOME, announce);
    expect(announced).toBe(0);
    await devicesWith({ ...next, appSecretPrevious: undefined }).remember(subject, HOME, announce);
    expect(announced).toBe(0);
  });

  it('are twenty of a subject, the ones seen last', async () => {
    for (let index = 0; index < 25; index += 1) {
      clock.advance(1000);
      await devices.remember(subject, { ip: `203.0.${index}.1`, userAgent: FIREFOX });
      clock.advance(1000);
      await devices.remember(subject, { ip: '203.0.0.1', userAgent: FIREFOX });
    }
    expect(await kept()).toHaveLength(20);
    expect(await isNew({ ip: '203.0.0.1', userAgent: FIREFOX })).toBe(false);
    expect(await isNew({ ip: '203.0.24.1', userAgent: FIREFOX })).toBe(false);
    expect(await isNew({ ip: '203.0.1.1', userAgent: FIREFOX })).toBe(true);
  });

  it('are forgotten with their subject, and no others', async () => {
    const other = randomUUID();
    await devices.remember(subject, HOME);
    await devices.remember(other, HOME);
    await devices.forget(subject);
    expect(await kept()).toEqual([]);
    await devices.remember(other, ELSEWHERE, announce);
    expect(announced).toBe(1);
  });

  it('are kept without an address or a program to read', async () => {
    await devices.remember(subject, HOME);
    expect(JSON.stringify(await kept())).not.toMatch(/203\.0|Firefox|Linux/);
  });
});
