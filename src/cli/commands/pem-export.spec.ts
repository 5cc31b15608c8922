import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenKey } from '../../tokens/keys/token-key.js';
import { exportPem } from './pem-export.js';

describe('An export of public keys', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-keys-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('replaces its own files, and neither a pipe nor a device', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = [TokenKey.asymmetric(privateKey, 'ES256')];
    expect(exportPem(keys, directory)).toBe(`1 public key is in ${directory}. Reload what has read them.`);
    expect(exportPem(keys, directory)).toBe(`1 public key is in ${directory}, as before.`);

    const path = join(directory, 'kids.map');
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(() => exportPem(keys, directory)).toThrow(`${path} is no regular file, and is not replaced.`);
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(readdirSync(directory)).toHaveLength(3);
  });
});
