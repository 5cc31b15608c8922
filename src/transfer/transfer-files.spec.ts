import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InputFile, PrivateFile, textOfFile } from './transfer-files.js';

describe('A private file', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-files-'));
    path = join(directory, 'out');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it("is new, its owner's alone, and holds what is written in its order", async () => {
    const file = await PrivateFile.create(path);
    await file.write('größe\n');
    await file.write('x'.repeat(1_000_000));
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe(`größe\n${'x'.repeat(1_000_000)}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is written into where it is a pipe, which stays', async () => {
    execFileSync('mkfifo', [path]);
    const read = readFile(path, 'utf8');
    const file = await PrivateFile.create(path);
    await file.write('x'.repeat(1_000_000));
    await file.write('last');
    await file.close();
    expect(await read).toBe(`${'x'.repeat(1_000_000)}last`);
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  it('says so where no one reads the pipe any longer', async () => {
    execFileSync('mkfifo', [path]);
    const reader = open(path, 'r');
    const file = await PrivateFile.create(path);
    await (await reader).close();
    await expect(file.write('lost')).rejects.toThrow(`${path} cannot be used (EPIPE).`);
    await file.close();
  });

  it('is not made where there is a file, nor through a link to one', async () => {
    writeFileSync(path, 'precious');
    const link = join(directory, 'link');
    symlinkSync(path, link);
    for (const taken of [path, link])
      await expect(PrivateFile.create(taken)).rejects.toThrow(`${taken} is there already`);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await expect(PrivateFile.create(directory)).rejects.toThrow('cannot be used (EISDIR)');
  });
});

describe('A file to read', () => {
  it('is none where it is a directory, which is said of the file', async () => {
    const problem = `${tmpdir()} cannot be used (EISDIR): it is a directory.`;
    expect(() => new InputFile(tmpdir())).toThrow(problem);
    await expect(textOfFile(tmpdir())).rejects.toThrow(problem);
  });
});
