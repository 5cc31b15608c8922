import { createSecretKey, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountThrottlingConfig, TokensConfig } from '../../config/slices.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { KnownDevices } from './known-devices.js';

const TTL = 180 * 86_400_000;
const ADA = 'ada@example.com';

describe('KnownDevices', () => {
  const clock = { now: () => now };
  const secret = randomBytes(32);
  let now: number;
  let devices: KnownDevices;

  function devicesUnder(appSecret: Buffer, previous?: Buffer): KnownDevices {
    const keys = new DerivedKeys({
      appSecret: createSecretKey(appSecret),
      appSecretPrevious: previous && createSecretKey(previous),
    } as TokensConfig);
    return new KnownDevices({ knownDeviceTtl: TTL } as AccountThrottlingConfig, clock, keys);
  }

  beforeEach(() => {
    now = 1_795_400_000_000;
    devices = devicesUnder(secret);
  });

  it('knows a device again, as the same one when its token is renewed, and as another from others', () => {
    const first = devices.recognise(devices.issue(ADA), ADA);

    expect(first).toMatch(/^[\da-f]{32}$/);
    expect(devices.recognise(devices.issue(ADA, first), ADA)).toBe(first);
    expect(devices.recognise(devices.issue(ADA), ADA)).not.toBe(first);
  });

  it('knows it for that account only', () => {
    const token = devices.issue(ADA);

    for (const other of ['bob@example.com', 'ada@example.co', 'ada@example.comm', '']) {
      expect(devices.recognise(token, other)).toBeUndefined();
    }
  });

  it('knows it for as long as the setting says', () => {
    const token = devices.issue(ADA);

    now += TTL - 1;
    expect(devices.recognise(token, ADA)).toBeDefined();
    now += 1;
    expect(devices.recognise(token, ADA)).toBeUndefined();
  });

  it('takes no token with any bit changed, nor anything that is none', () => {
    const token = devices.issue(ADA);
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(devices.recognise(changed.toString('base64url'), ADA)).toBeUndefined();
    }
    for (const text of ['', 'x', token.slice(1), `${token}A`, '.'.repeat(token.length)]) {
      expect(devices.recognise(text, ADA)).toBeUndefined();
    }
  });

  it('takes tokens of the previous APP_SECRET while that is given, and of no other', () => {
    const token = devices.issue(ADA);
    const next = randomBytes(32);

    expect(devicesUnder(next, secret).recognise(token, ADA)).toBeDefined();
    expect(devicesUnder(next).recognise(token, ADA)).toBeUndefined();
  });
});
