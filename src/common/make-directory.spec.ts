import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TemporaryDirectory, temporaryDirectory } from '../../test/support/test-config.js';
import { makeDirectory } from './make-directory.js';

describe('makeDirectory', () => {
  let directory: TemporaryDirectory;
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(() => directory.remove());

  it('makes what is missing, for its user only, and leaves what is there', () => {
    const path = join(directory.path, 'a', 'b', 'c');
    makeDirectory(path);
    writeFileSync(join(path, 'mine'), '');
    makeDirectory(path);
    expect(statSync(join(path, 'mine')).isFile()).toBe(true);
    expect(statSync(join(directory.path, 'a')).mode & 0o777).toBe(0o700);
  });

  it('fails where a file stands in the way, or the system makes none', () => {
    const file = join(directory.path, 'file');
    writeFileSync(file, '');
    expect(() => makeDirectory(file)).toThrow('EEXIST');
    expect(() => makeDirectory(join(file, 'below'))).toThrow('ENOTDIR');
    expect(() => makeDirectory('/dev/null/below')).toThrow('ENOTDIR');
  });

  it('comes to an end where the system makes no directories', () => {
    expect(() => makeDirectory('/proc/latchkey/data')).toThrow(/^E/);
  });
});
