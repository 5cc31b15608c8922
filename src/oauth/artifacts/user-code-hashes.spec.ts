import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { TokensConfig } from '../../config/config.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { UserCodeHashes } from './user-code-hashes.js';

const CODE = 'BCDFGHJK';
const [first, second] = [randomBytes(48), randomBytes(48)];

function hashesWith(appSecret: Buffer, previous?: Buffer): UserCodeHashes {
  const config: Pick<TokensConfig, 'appSecret' | 'appSecretPrevious'> = {
    appSecret: createSecretKey(appSecret),
    appSecretPrevious: previous && createSecretKey(previous),
  };
  return new UserCodeHashes(new DerivedKeys(config as TokensConfig));
}

describe('UserCodeHashes', () => {
  it('are of one installation', () => {
    expect(hashesWith(first).of(CODE)).toBe(hashesWith(first).of(CODE));
    expect(hashesWith(first).of(CODE)).not.toBe(hashesWith(second).of(CODE));
    expect(hashesWith(first).of(CODE)).not.toBe(hashesWith(first).of('BCDFGHJL'));
  });

  it('are found under the key that they are made with, and that before it', () => {
    expect(hashesWith(first).allOf(CODE)).toContain(hashesWith(first).of(CODE));
    expect(hashesWith(second, first).allOf(CODE)).toContain(hashesWith(first).of(CODE));
    expect(hashesWith(second).allOf(CODE)).not.toContain(hashesWith(first).of(CODE));
  });

  it('are found, and not made, without a key', () => {
    const bare = createHash('sha256').update(CODE).digest('base64url');
    expect(hashesWith(first).of(CODE)).not.toBe(bare);
    expect(hashesWith(first).allOf(CODE)).toContain(bare);
  });
});
