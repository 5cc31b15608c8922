import { execFileSync } from 'node:child_process';
import { createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { TokenKey } from '../../tokens/keys/token-key.js';
import { exportPem, publicPems } from './pem-export.js';
import { readAnew } from '../../../test/support/read-anew.js';

let parent: string;
let directory: string;
let run = 0;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'latchkey-pem-'));
});
beforeEach(() => {
  run += 1;
  directory = join(parent, `made_${run}`);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const ecKey = () =>
  TokenKey.asymmetric(readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' })).privateKey, 'ES256');
const rsaKey = (alg: 'RS256' | 'PS256') =>
  TokenKey.asymmetric(readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 })).privateKey, alg);
const secret = () => TokenKey.sharedSecret(createSecretKey(randomBytes(32)));
const read = (name: string) => readFileSync(join(directory, name), 'utf8');
const pemFiles = () => readdirSync(directory).filter((name) => name.endsWith('.pem'));

describe('exportPem', () => {
  it('writes the public key of each, a map from kid to file, and what has HAProxy load them', () => {
    const keys = [ecKey(), rsaKey('RS256')];
    expect(exportPem(keys, directory)).toBe(`2 public keys are in ${directory}. Reload what has read them.`);
    for (const { kid, publicJwk } of keys) {
      const pem = read(`${kid}.pem`);
      expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
      expect(publicJwk).toMatchObject(createPublicKey(pem).export({ format: 'jwk' }));
    }
    const [first, second] = keys.map(({ kid }) => ({ kid, path: join(directory, `${kid}.pem`) }));
    expect(read('kids.map')).toBe(`${first?.kid} ${first?.path}\n${second?.kid} ${second?.path}\n`);
    expect(read('haproxy.cfg')).toContain(`jwt_verify(ES256,${first?.path})\n`);
    expect(read('haproxy.cfg')).toContain(`jwt_verify(RS256,${second?.path})\n`);
  });

  it('touches nothing that stays as it is, so that a change can be watched for', () => {
    const keys = [ecKey()];
    exportPem(keys, directory);
    const inodes = () => readdirSync(directory).map((name) => statSync(join(directory, name)).ino);
    const before = inodes();
    expect(exportPem(keys, directory)).toBe(`1 public key is in ${directory}, as before.`);
    expect(inodes()).toEqual(before);
  });

  it('replaces what is incomplete, removes keys that are gone, and leaves other files alone', () => {
    const [old, kept, added] = [ecKey(), ecKey(), ecKey()];
    exportPem([old, kept], directory);
    writeFileSync(join(directory, 'kids.map'), 'half');
    writeFileSync(join(directory, 'site.pem'), 'of another');
    exportPem([kept, added], directory);
    expect(pemFiles().toSorted()).toEqual([`${kept.kid}.pem`, `${added.kid}.pem`, 'site.pem'].toSorted());
    expect(readdirSync(directory)).toHaveLength(5);
    expect(read('kids.map').trim().split('\n')).toHaveLength(2);
  });

  it('puts no file in the place of a pipe or a device', () => {
    const keys = [ecKey()];
    const path = join(directory, 'kids.map');
    mkdirSync(directory);
    execFileSync('mkfifo', [path]);
    expect(() => exportPem(keys, directory)).toThrow(`${path} is no regular file, and is not replaced.`);
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  it('names no key to HAProxy that it cannot verify with', () => {
    const key = rsaKey('PS256');
    exportPem([key], directory);
    expect(read('haproxy.cfg')).toContain(`# ${key.kid}: HAProxy does not verify PS256`);
    expect(read('haproxy.cfg')).not.toContain('jwt_verify(');
    expect(pemFiles()).toEqual([`${key.kid}.pem`]);
  });

  it('never writes a shared secret', () => {
    expect(() => exportPem([secret()], directory)).toThrow(LatchkeyError);
    expect(() => exportPem([secret()], directory)).toThrow('HS256 has no public key');
    expect(() => publicPems([secret()])).toThrow('HS256 has no public key');
    expect(readdirSync(parent)).not.toContain(directory);
  });

  it('says what is wrong with a directory', () => {
    expect(() => exportPem([ecKey()], join(parent, 'with space'))).toThrow(
      'letters, digits and . _ - / only',
    );
    writeFileSync(join(parent, 'file'), '');
    expect(() => exportPem([ecKey()], join(parent, 'file'))).toThrow(
      `${join(parent, 'file')} cannot be written to (EEXIST).`,
    );
    mkdirSync(join(directory, 'kids.map'), { recursive: true });
    expect(() => exportPem([ecKey()], directory)).toThrow(`${directory} cannot be written to (EISDIR).`);
    expect(readdirSync(directory).filter((name) => !/\.(?:pem|map|cfg)$/.test(name))).toEqual([]);
  });
});

it('publicPems names each key by its kid and algorithm', () => {
  const key = ecKey();
  expect(publicPems([key])).toEqual([
    {
      kid: key.kid,
      alg: 'ES256',
      pem: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n[\s\S]+-----END PUBLIC KEY-----\n$/),
    },
  ]);
});
