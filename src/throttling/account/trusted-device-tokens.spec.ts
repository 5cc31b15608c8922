import { createSecretKey, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountThrottlingConfig, TokensConfig } from '../../config/config.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { TrustedDeviceTokens } from './trusted-device-tokens.js';

const TTL = 180 * 86_400_000;
const ADA = { account: 'ada@example.com', credential: 'ada, by her first password' };

describe('TrustedDeviceTokens', () => {
  const clock = { now: () => now, monotonic: () => now, wait: () => Promise.resolve() };
  const secret = randomBytes(32);
  let now: number;
  let devices: TrustedDeviceTokens;

  function devicesUnder(appSecret: Buffer, previous?: Buffer): TrustedDeviceTokens {
    const keys = new DerivedKeys({
      appSecret: createSecretKey(appSecret),
      appSecretPrevious: previous && createSecretKey(previous),
    } as TokensConfig);
    return new TrustedDeviceTokens({ knownDeviceTtl: TTL } as AccountThrottlingConfig, clock, keys);
  }

  /** As for a login. */
  function recognise(token: string, { account, credential } = ADA, by = devices) {
    const read = by.read(token, account);
    return read && by.fits(read, credential) ? read : undefined;
  }

  beforeEach(() => {
    now = 1_795_400_000_000;
    devices = devicesUnder(secret);
  });

  it('are recognised, as the same ones when their tokens are renewed', () => {
    for (const number of [0, 1, 2, 3]) {
      const first = recognise(devices.issue(ADA, number));
      now += 1;
      expect(first).toMatchObject({
        number,
        id: expect.stringMatching(new RegExp(`^[\\da-f]{32}/${number}$`)),
      });
      expect(recognise(devices.issue(ADA, first?.number))?.id).toBe(first?.id);
    }
  });

  it('are four of an account, however many tokens it has given out', () => {
    const ids = Array.from({ length: 400 }, () => recognise(devices.issue(ADA))?.id);
    expect(new Set(ids).size).toBe(4);
  });

  it('are recognised for that account only', () => {
    const token = devices.issue(ADA);

    for (const account of ['bob@example.com', 'ada@example.co', 'ada@example.comm', '']) {
      expect(devices.read(token, account)).toBeUndefined();
    }
  });

  it('are recognised with that credential only, and counted apart from those of another', () => {
    const later = { ...ADA, credential: 'ada, by her second password' };
    const token = devices.issue(ADA, 1);

    for (const credential of [later.credential, '', `${ADA.credential} `])
      expect(recognise(token, { ...ADA, credential })).toBeUndefined();
    expect(recognise(devices.issue(later, 1), later)?.id).not.toBe(recognise(token)?.id);
  });

  it('are recognised for as long as the setting says', () => {
    const token = devices.issue(ADA);

    now += TTL - 1;
    expect(recognise(token)).toBeDefined();
    now += 1;
    expect(recognise(token)).toBeUndefined();
  });

  it('are not recognised by a token with any bit changed, nor by text that is no token', () => {
    const token = devices.issue(ADA);
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(recognise(changed.toString('base64url'))).toBeUndefined();
    }
    for (const text of ['', 'x', token.slice(1), `${token}A`, '.'.repeat(token.length)]) {
      expect(recognise(text)).toBeUndefined();
    }
  });

  it('are recognised by tokens of the previous APP_SECRET while that is given, and of no other secret', () => {
    const token = devices.issue(ADA);
    const next = randomBytes(32);

    expect(recognise(token, ADA, devicesUnder(next, secret))).toBeDefined();
    expect(recognise(token, ADA, devicesUnder(next))).toBeUndefined();
  });
});
