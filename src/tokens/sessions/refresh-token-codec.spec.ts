import { createHash, createHmac, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TokensConfig } from '../../config/config.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import {
  hashSessionSecret,
  newSessionSecret,
  RefreshTokenCodec,
  type RefreshTokenContent,
} from './refresh-token-codec.js';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PREFIX = 'lk_rt_';
const LENGTH = PREFIX.length + 114;
const codec = codecOf(SECRET);

const contents: fc.Arbitrary<RefreshTokenContent> = fc.record({
  sessionId: fc.uuid(),
  generation: fc.integer({ min: 0, max: 0xffff_ffff }),
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
});

function derivedKeysOf(appSecret: Buffer, previous?: Buffer): DerivedKeys {
  const config: Pick<TokensConfig, 'appSecret' | 'appSecretPrevious'> = {
    appSecret: createSecretKey(appSecret),
    appSecretPrevious: previous && createSecretKey(previous),
  };
  return new DerivedKeys(config as TokensConfig);
}

function codecOf(appSecret: Buffer, previous?: Buffer): RefreshTokenCodec {
  return new RefreshTokenCodec(derivedKeysOf(appSecret, previous));
}

function newContent(): RefreshTokenContent {
  return { sessionId: randomUUID(), generation: 7, secret: newSessionSecret() };
}

describe('RefreshTokenCodec', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(contents, (content) => {
        expect(codec.decode(codec.encode(content))).toEqual(content);
      }),
    );
  });

  it('writes lk_rt_ and base64url, always of the same length', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const token = codec.encode(content);
        expect(token).toMatch(/^lk_rt_[A-Za-z0-9_-]{114}$/);
      }),
    );
  });

  // Worked out apart. A change would end every session, so that it needs a new version instead.
  it('never changes the format of version 1', () => {
    const content = {
      sessionId: '00112233-4455-6677-8899-aabbccddeeff',
      generation: 0x01020304,
      secret: Buffer.alloc(32, 0xa5),
    };

    expect(codec.encode(content)).toBe(
      'lk_rt_AQARIjNEVWZ3iJmqu8zd7v8BAgMEpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaUbcRuN0NEj_mYF6VIARPwMrWFiH18lJQjeFGQw-EVlFw',
    );
  });

  it('writes the same token for the same content: the successor need not be stored', () => {
    const content = newContent();

    expect(codec.encode(content)).toBe(codecOf(SECRET).encode(content));
  });

  it('writes different tokens for content that differs in anything', () => {
    const content = newContent();
    const tokens = [
      content,
      { ...content, generation: 8 },
      { ...content, sessionId: randomUUID() },
      { ...content, secret: newSessionSecret() },
    ].map((each) => codec.encode(each));

    expect(new Set(tokens).size).toBe(4);
  });

  it('refuses a token with any bit changed', () => {
    const bytes = Buffer.from(codec.encode(newContent()).slice(PREFIX.length), 'base64url');

    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit % 8)), bit >> 3);
      expect(codec.decode(PREFIX + changed.toString('base64url'))).toBeUndefined();
    }
  });

  it.each([0, 2, 255])('refuses version %i, though its MAC is right', (version) => {
    const bytes = Buffer.from(codec.encode(newContent()).slice(PREFIX.length), 'base64url');
    const withMac = (body: Buffer) => {
      const { current } = derivedKeysOf(SECRET).derive('refresh-token-mac');
      const mac = createHmac('sha256', current).update(body).digest();
      return PREFIX + Buffer.concat([body, mac]).toString('base64url');
    };
    const body = bytes.subarray(0, 53);
    expect(codec.decode(withMac(body))).toBeDefined();
    body.writeUInt8(version, 0);

    expect(codec.decode(withMac(body))).toBeUndefined();
  });

  it('refuses a token with any character changed, whatever bytes it stands for', () => {
    const token = codec.encode(newContent());
    const characters = fc.constantFrom(...`${ALPHABET}+/=. \n\0ä`.split(''));

    fc.assert(
      fc.property(fc.nat(token.length - 1), characters, (position, character) => {
        fc.pre(token[position] !== character);
        const changed = token.slice(0, position) + character + token.slice(position + 1);
        expect(codec.decode(changed)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses every other spelling of the last character', () => {
    const token = codec.encode(newContent());

    for (const character of ALPHABET.replace(token.slice(-1), '')) {
      expect(codec.decode(token.slice(0, -1) + character)).toBeUndefined();
    }
  });

  it('refuses the alphabet of plain base64', () => {
    // All ones: every character of the secret is "_".
    const token = codec.encode({ ...newContent(), secret: Buffer.alloc(32, 0xff) });

    expect(token).toContain('_____');
    expect(codec.decode(token.replace('_____', '/////'))).toBeUndefined();
  });

  it('refuses any other length', () => {
    const token = codec.encode(newContent());

    for (let length = 0; length < token.length; length += 1) {
      expect(codec.decode(token.slice(0, length))).toBeUndefined();
      expect(codec.decode(token.slice(token.length - length))).toBeUndefined();
    }
    for (const text of [`${token}A`, `${token}=`, `${token}==`, ` ${token}`, `${token}\n`, token + token]) {
      expect(codec.decode(text)).toBeUndefined();
    }
  });

  it.each(['LK_RT_', 'lk_at_', 'lk_rt-', 'lkrt__', ' lk_rt'])('refuses the prefix %j', (prefix) => {
    const token = codec.encode(newContent());

    expect(codec.decode(token.replace(PREFIX, prefix))).toBeUndefined();
  });

  it('never throws on text that is no token', () => {
    const sameLength = fc.string({
      unit: 'binary',
      minLength: LENGTH,
      maxLength: LENGTH,
    });
    const prefixed = sameLength.map((text) => (PREFIX + text).slice(0, LENGTH));

    fc.assert(
      fc.property(fc.oneof(fc.string(), sameLength, prefixed), (text) => codec.decode(text) === undefined),
    );
  });

  it('gives a secret of its own, that does not keep the token in memory or change with it', () => {
    const content = newContent();
    const decoded = codec.decode(codec.encode(content));
    decoded?.secret.fill(0);

    expect(codec.decode(codec.encode(content))).toEqual(content);
  });

  describe('with another APP_SECRET', () => {
    const renewed = randomBytes(32);
    const content = newContent();

    it('refuses the token', () => {
      expect(codecOf(renewed).decode(codec.encode(content))).toBeUndefined();
    });

    it('reads the token while the old one is given as the previous', () => {
      expect(codecOf(renewed, SECRET).decode(codec.encode(content))).toEqual(content);
      expect(codecOf(renewed, randomBytes(32)).decode(codec.encode(content))).toBeUndefined();
    });

    it('writes tokens of the new one alone', () => {
      const token = codecOf(renewed, SECRET).encode(content);

      expect(token).toBe(codecOf(renewed).encode(content));
      expect(codec.decode(token)).toBeUndefined();
    });
  });
});

describe('session secrets', () => {
  it('are 256 random bits', () => {
    const secrets = Array.from({ length: 100 }, () => newSessionSecret());

    expect(secrets.every((secret) => secret.length === 32)).toBe(true);
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(100);
  });

  it('are stored as their SHA-256 only', () => {
    const secret = newSessionSecret();

    expect(hashSessionSecret(secret)).toBe(createHash('sha256').update(secret).digest('base64url'));
  });
});
