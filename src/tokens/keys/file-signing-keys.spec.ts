import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { temporaryDirectory } from '../../../test/support/test-config.js';
import type { SigningAlg, TokensConfig } from '../../config/config.js';
import { FileSigningKeys } from './file-signing-keys.js';
import { jwkThumbprint } from './jwk-thumbprint.js';
import { SigningKeyError, type SigningKeySet } from './signing-key-source.js';

const P256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const P384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 3072 });
const RSA_2048 = generateKeyPairSync('rsa', { modulusLength: 2048 });

const pkcs8 = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const spki = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString();
const kidOf = (key: KeyObject) => jwkThumbprint(key.export({ format: 'jwk' }));

const directory = temporaryDirectory();
let files = 0;

afterAll(() => directory.remove());

/** @returns the path of a new file */
function file(content: string | Buffer): string {
  files += 1;
  const path = join(directory.path, `key-${files}.pem`);
  writeFileSync(path, content);
  return path;
}

async function load(paths: string[], signingAlg: SigningAlg = 'ES256'): Promise<SigningKeySet> {
  const config: Pick<TokensConfig, 'signingKeyFiles' | 'signingAlg'> = { signingKeyFiles: paths, signingAlg };
  return new FileSigningKeys(config as TokensConfig).load();
}

describe('FileSigningKeys', () => {
  let warn: jest.SpiedFunction<Logger['warn']>;

  beforeAll(() => Logger.overrideLogger(false));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([
    ['P-256', P256.privateKey, 'ES256', 'ES256'],
    ['P-384', P384.privateKey, 'ES256', 'ES384'],
    ['P-384', P384.privateKey, 'ES384', 'ES384'],
    ['RSA', RSA.privateKey, 'ES256', 'RS256'],
    ['RSA', RSA.privateKey, 'RS256', 'RS256'],
    ['RSA', RSA.privateKey, 'PS256', 'PS256'],
  ] as [string, KeyObject, SigningAlg, SigningAlg][])(
    'infers the algorithm of a key: %s with SIGNING_ALG=%3$s',
    async (_, key, signingAlg, alg) => {
      const { current, all } = await load([file(pkcs8(key))], signingAlg);

      expect(all).toEqual([current]);
      expect(current).toMatchObject({ alg, kid: kidOf(key), canSign: true });
    },
  );

  it.each([
    ['PKCS #8', pkcs8(RSA.privateKey)],
    ['PKCS #1', RSA.privateKey.export({ format: 'pem', type: 'pkcs1' })],
    ['with a line of text before', `A comment.\n${pkcs8(RSA.privateKey)}`],
    ['with CRLF', pkcs8(RSA.privateKey).replaceAll('\n', '\r\n')],
  ])('reads private keys in PEM: %s', async (_, pem) => {
    expect((await load([file(pem)])).current.kid).toBe(kidOf(RSA.privateKey));
  });

  it('reads private keys in PEM: SEC 1', async () => {
    const pem = P256.privateKey.export({ format: 'pem', type: 'sec1' });

    expect((await load([file(pem)])).current.kid).toBe(kidOf(P256.privateKey));
  });

  it('signs with the first and verifies with all, private or public, of any kind', async () => {
    const { current, all } = await load([
      file(pkcs8(P384.privateKey)),
      file(pkcs8(P256.privateKey)),
      file(spki(RSA.publicKey)),
    ]);

    expect(current).toBe(all[0]);
    expect(all.map(({ alg, kid, canSign }) => ({ alg, kid, canSign }))).toEqual([
      { alg: 'ES384', kid: kidOf(P384.publicKey), canSign: true },
      { alg: 'ES256', kid: kidOf(P256.publicKey), canSign: true },
      { alg: 'RS256', kid: kidOf(RSA.publicKey), canSign: false },
    ]);
  });

  it('advises more bits for an RSA key of 2048, and takes it', async () => {
    warn = jest.spyOn(Logger.prototype, 'warn');
    const { current } = await load([file(pkcs8(RSA_2048.privateKey))]);

    expect(current.alg).toBe('RS256');
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('2048 bits; 3072 are advised'));
  });

  it('does not warn of an RSA key of 3072 bits', async () => {
    warn = jest.spyOn(Logger.prototype, 'warn');
    await load([file(pkcs8(RSA.privateKey))]);

    expect(warn).not.toHaveBeenCalled();
  });

  it('holds up no running server for the writer of a pipe', async () => {
    const path = file(pkcs8(P256.privateKey));
    const config: Pick<TokensConfig, 'signingKeyFiles' | 'signingAlg'> = {
      signingKeyFiles: [path],
      signingAlg: 'ES256',
    };
    const source = new FileSigningKeys(config as TokensConfig);
    await source.load();
    rmSync(path);
    execFileSync('mkfifo', [path]);
    const waits = jest.spyOn(Atomics, 'wait');

    await expect(source.load()).rejects.toThrow('nothing is written to it');
    expect(waits.mock.calls.length).toBeLessThan(2);
    waits.mockRestore();
  });

  describe('whose files change', () => {
    let stop: () => void;

    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    });
    afterEach(() => {
      stop();
      jest.useRealTimers();
    });

    /** @returns how often it was told of a change, after each of the changes */
    async function tellings(paths: string[], changes: (() => void)[]): Promise<number[]> {
      const config = { signingKeyFiles: paths, signingAlg: 'ES256' } as unknown as TokensConfig;
      const source = new FileSigningKeys(config);
      await source.load();
      let told = 0;
      let loading: Promise<unknown> | undefined;
      stop = source.watch(() => {
        told += 1;
        loading = source.load().catch(() => undefined);
      });
      const counts: number[] = [];
      for (const change of changes) {
        change();
        for (let look = 0; look < 3; look += 1) {
          jest.advanceTimersByTime(2_000);
          await setTimeout(50);
          await loading;
        }
        counts.push(told);
      }
      return counts;
    }

    it('tells so once a change, whichever file it is, and whether it is good or bad', async () => {
      const [signs, verifies] = [file(pkcs8(P256.privateKey)), file(spki(RSA.publicKey))];

      expect(
        await tellings(
          [signs, verifies],
          [
            () => undefined,
            () => writeFileSync(signs, pkcs8(P384.privateKey)),
            () => writeFileSync(verifies, 'nothing'),
            () => rmSync(verifies),
            () => writeFileSync(verifies, spki(RSA.publicKey)),
            () => undefined,
          ],
        ),
      ).toEqual([0, 1, 2, 3, 4, 4]);
    });

    it('tells so when the directory behind a symbolic link is exchanged, as Kubernetes does', async () => {
      const link = join(directory.path, 'data');
      const versions = ['one', 'two'].map((name) => {
        const version = join(directory.path, name);
        mkdirSync(version);
        writeFileSync(join(version, 'key.pem'), pkcs8(P256.privateKey));
        return version;
      }) as [string, string];
      symlinkSync(versions[0], link);
      const exchange = () => {
        symlinkSync(versions[1], `${link}.new`);
        renameSync(`${link}.new`, link);
      };

      expect(await tellings([join(link, 'key.pem')], [() => undefined, exchange])).toEqual([0, 1]);
    });
  });

  describe('stops the start with SigningKeyError', () => {
    const encrypted = P256.privateKey.export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    });

    it.each([
      ['a public key first', [spki(P256.publicKey)], 'first file must hold a private key'],
      [
        'a public key first, a private one second',
        [spki(P256.publicKey), pkcs8(P256.privateKey)],
        'first file',
      ],
      ['P-521', [pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).privateKey)], 'no RSA, P-256'],
      [
        'secp256k1',
        [pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey)],
        'no RSA, P-256',
      ],
      ['Ed25519', [pkcs8(generateKeyPairSync('ed25519').privateKey)], 'no RSA, P-256'],
      ['X25519', [pkcs8(generateKeyPairSync('x25519').privateKey)], 'no RSA, P-256'],
      [
        'RSA of 1024 bits',
        [pkcs8(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
        '1024 bits',
      ],
      [
        'RSA of 1024 bits that only verifies',
        [pkcs8(P256.privateKey), spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
        '1024 bits',
      ],
      [
        'RSA with the exponent 3',
        [pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey)],
        'the exponent 3',
      ],
      ['a wrong kind among those that verify', [pkcs8(P256.privateKey), 'nothing'], 'no unencrypted PEM key'],
      ['an encrypted key', [encrypted], 'no unencrypted PEM key'],
      ['an empty file', [''], 'no unencrypted PEM key'],
      ['a secret that is no key', ['0123456789abcdef0123456789abcdef'], 'no unencrypted PEM key'],
      ['a key that is cut off', [pkcs8(P256.privateKey).slice(0, 100)], 'no unencrypted PEM key'],
      ['DER', [P256.privateKey.export({ format: 'der', type: 'pkcs8' })], 'no unencrypted PEM key'],
    ] as [string, (string | Buffer)[], string][])('for %s', async (_, contents, message) => {
      const loading = load(contents.map(file));

      await expect(loading).rejects.toThrow(SigningKeyError);
      await expect(loading).rejects.toThrow(message);
    });

    it.each([
      ['PS256', P256.privateKey],
      ['RS256', P384.privateKey],
      ['ES384', P256.privateKey],
      ['ES384', RSA.privateKey],
    ] as [SigningAlg, KeyObject][])(
      'when SIGNING_ALG=%s is not what the first key does',
      async (alg, key) => {
        await expect(load([file(pkcs8(key))], alg)).rejects.toThrow(SigningKeyError);
      },
    );

    it('for a file that is not there, naming it', async () => {
      const loading = load(['/no/such/key.pem']);

      await expect(loading).rejects.toThrow(SigningKeyError);
      await expect(loading).rejects.toThrow('/no/such/key.pem cannot be read (ENOENT)');
    });

    it('for a directory', async () => {
      await expect(load([directory.path])).rejects.toThrow('cannot be read (EISDIR)');
      await expect(load(['/dev/zero'])).rejects.toThrow('/dev/zero cannot be read (more than 1 MB)');
    });

    it('without showing what is in the file', async () => {
      const secret = '0123456789abcdef0123456789abcdef';

      const error: unknown = await load([file(secret)]).catch((reason: unknown) => reason);

      expect(error).toBeInstanceOf(SigningKeyError);
      expect(inspect(error, { depth: 10 })).not.toContain(secret);
    });
  });
});
