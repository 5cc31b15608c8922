import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { StoppedClock } from '../../../test/integration/stopped-clock.js';
import type { TokensConfig } from '../../config/slices.js';
import { SharedSecretKeys } from './shared-secret-keys.js';
import { SigningKeyError, type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import { SigningKeys } from './signing-keys.js';
import { TokenKey } from './token-key.js';

class HeldKeys extends SigningKeySource {
  constructor(private readonly outcome: () => Promise<SigningKeySet>) {
    super();
  }

  load(): Promise<SigningKeySet> {
    return this.outcome();
  }
}

const newKey = () =>
  TokenKey.asymmetric(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey, 'ES256');

describe('SigningKeys', () => {
  const clock = new StoppedClock();

  it('signs with the current key and finds each by its kid', async () => {
    const [current, old] = [newKey(), newKey()];
    const keys = new SigningKeys(
      new HeldKeys(() => Promise.resolve({ current, all: [old, current] })),
      clock,
    );
    await keys.onModuleInit();

    expect(keys.current).toBe(current);
    expect(keys.all).toEqual([old, current]);
    expect(keys.find(current.kid)).toBe(current);
    expect(keys.find(old.kid)).toBe(old);
    expect(keys.find('unknown')).toBeUndefined();
    expect(keys.find('constructor')).toBeUndefined();
  });

  it('signs and verifies nothing before it is loaded', () => {
    const keys = new SigningKeys(new HeldKeys(() => Promise.reject(new Error('not asked'))), clock);

    expect(() => keys.current).toThrow('not loaded');
    expect(keys.all).toEqual([]);
    expect(keys.find('')).toBeUndefined();
  });

  it('stops the start when there is no usable key', async () => {
    const keys = new SigningKeys(new HeldKeys(() => Promise.reject(new SigningKeyError('none'))), clock);

    await expect(keys.onModuleInit()).rejects.toThrow(SigningKeyError);
  });
});

describe('SharedSecretKeys', () => {
  const sourceOf = (jwtSecret: TokensConfig['jwtSecret']) =>
    new SharedSecretKeys({ jwtSecret } as Pick<TokensConfig, 'jwtSecret'> as TokensConfig);

  it('has the one key that JWT_SECRET makes', async () => {
    const secret = createSecretKey(randomBytes(32));
    const { current, all } = await sourceOf(secret).load();

    expect(all).toEqual([current]);
    expect(current.alg).toBe('HS256');
    expect(current.kid).toBe(TokenKey.sharedSecret(secret).kid);
  });

  it('says that JWT_SECRET is missing', async () => {
    await expect(async () => sourceOf(undefined).load()).rejects.toThrow(SigningKeyError);
  });
});
