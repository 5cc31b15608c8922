import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TokensConfig } from '../../config/config.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { KeySealer } from './key-sealer.js';

const SECRET = randomBytes(32);
const sealer = sealerOf(SECRET);

function sealerOf(appSecret: Buffer, previous?: Buffer): KeySealer {
  const config: Pick<TokensConfig, 'appSecret' | 'appSecretPrevious'> = {
    appSecret: createSecretKey(appSecret),
    appSecretPrevious: previous && createSecretKey(previous),
  };
  return new KeySealer(new DerivedKeys(config as TokensConfig));
}

describe('KeySealer', () => {
  it('opens what it sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: 'grapheme' }), (bytes, name) => {
        const secret = Buffer.from(bytes);
        expect(sealer.open(sealer.seal(secret, name), name)).toEqual(secret);
      }),
    );
  });

  it('never seals the same twice alike, so that it does not tell which secrets are equal', () => {
    const secret = randomBytes(32);
    const sealed = Array.from({ length: 100 }, () => sealer.seal(secret, 'name'));

    expect(new Set(sealed).size).toBe(100);
    expect(new Set(sealed.map((text) => text.slice(0, 19))).size).toBe(100);
  });

  it('seals anew what is under the previous secret, and only that', () => {
    const [next, other] = [randomBytes(32), randomBytes(32)];
    const sealed = sealer.seal(Buffer.from('secret'), 'name');
    const changed = sealerOf(next, SECRET);
    const renewed = changed.reseal(sealed, 'name') ?? '';

    expect(sealerOf(next).open(renewed, 'name')).toEqual(Buffer.from('secret'));
    expect(changed.reseal(renewed, 'name')).toBeUndefined();
    expect(changed.reseal(sealed, 'another name')).toBeUndefined();
    expect(sealerOf(next, other).reseal(sealed, 'name')).toBeUndefined();
    expect(changed.reseal('', 'name')).toBeUndefined();
  });

  it('does not show the secret', () => {
    const secret = Buffer.from('a secret that is easily seen');
    const [, body = ''] = sealer.seal(secret, 'name').split('.');
    const bytes = Buffer.from(body, 'base64url');

    expect(bytes.includes(secret.subarray(0, 4))).toBe(false);
  });

  it('does not open what is sealed under another name', () => {
    const sealed = sealer.seal(randomBytes(32), 'key-1');

    for (const name of ['key-2', 'key-', 'key-1 ', '', 'KEY-1']) {
      expect(sealer.open(sealed, name)).toBeUndefined();
    }
  });

  it('does not open what has been altered in any bit', () => {
    const [version, body = ''] = sealer.seal(Buffer.from('secret'), 'name').split('.');
    const bytes = Buffer.from(body, 'base64url');
    expect(bytes).toHaveLength(12 + 6 + 16);

    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit % 8)), bit >> 3);
      expect(sealer.open(`${version}.${altered.toString('base64url')}`, 'name')).toBeUndefined();
    }
  });

  it('does not open what has been cut or lengthened', () => {
    const [version, body = ''] = sealer.seal(Buffer.from('secret'), 'name').split('.');
    const bytes = Buffer.from(body, 'base64url');

    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString('base64url');
      expect(sealer.open(`${version}.${cut}`, 'name')).toBeUndefined();
    }
    const longer = Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64url');
    expect(sealer.open(`${version}.${longer}`, 'name')).toBeUndefined();
  });

  it('does not open another version, or what was never sealed', () => {
    const [, body = ''] = sealer.seal(Buffer.from('secret'), 'name').split('.');

    for (const text of [`v2.${body}`, `V1.${body}`, `.${body}`, body, '', '.', 'v1', 'v1.', 'v1.!', 'null']) {
      expect(sealer.open(text, 'name')).toBeUndefined();
    }
  });

  it('never throws on what it is given to open', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((body) => `v1.${body}`),
      fc.base64String().map((body) => `v1.${body}`),
    );

    fc.assert(fc.property(text, fc.string(), (sealed, name) => sealer.open(sealed, name) === undefined));
  });

  it('does not open what was sealed under another APP_SECRET', () => {
    const sealed = sealerOf(randomBytes(32)).seal(Buffer.from('secret'), 'name');

    expect(sealer.open(sealed, 'name')).toBeUndefined();
  });

  describe('with a previous APP_SECRET', () => {
    const renewed = randomBytes(32);
    const both = sealerOf(renewed, SECRET);

    it('opens what was sealed under it', () => {
      const sealed = sealer.seal(Buffer.from('secret'), 'name');

      expect(both.open(sealed, 'name')).toEqual(Buffer.from('secret'));
      expect(both.open(sealed, 'another')).toBeUndefined();
      expect(sealerOf(renewed).open(sealed, 'name')).toBeUndefined();
    });

    it('seals under the new one', () => {
      const sealed = both.seal(Buffer.from('secret'), 'name');

      expect(sealerOf(renewed).open(sealed, 'name')).toEqual(Buffer.from('secret'));
      expect(sealer.open(sealed, 'name')).toBeUndefined();
    });
  });
});
