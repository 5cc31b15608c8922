import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSmallFile } from './read-small-file.js';

describe('readSmallFile', () => {
  let directory: string;
  let names = 0;
  const newPath = () => join(directory, String((names += 1)));
  const pipe = () => {
    const path = newPath();
    execFileSync('mkfifo', [path]);
    return path;
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-small-file-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('reads a file', () => {
    const path = newPath();
    writeFileSync(path, 'sécret\n');
    expect(readSmallFile(path)).toBe('sécret\n');
    expect(readSmallFile('/dev/null')).toBe('');
  });

  it('reads what is written to a pipe, in parts, too', async () => {
    const path = pipe();
    const writer = spawn('sh', ['-c', `(printf one; sleep 0.1; printf two) > ${path}`]);
    expect(readSmallFile(path)).toBe('onetwo');
    await once(writer, 'exit');
  });

  it('reads no device that has no end', () => {
    expect(() => readSmallFile('/dev/zero')).toThrow(expect.objectContaining({ code: 'more than 1 MB' }));
  });

  it('waits for no writer that does not come', () => {
    expect(() => readSmallFile(pipe(), { writer: 30_000, none: 50 })).toThrow(
      expect.objectContaining({ code: 'nothing is written to it' }),
    );
  });
});
