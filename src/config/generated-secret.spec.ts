import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { generatedSecret } from './generated-secret.js';

const PROCESSES = 10;

/** The module as processes of their own can load it: Node 20 reads no TypeScript. */
function compileTo(directory: string): string {
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  for (const name of ['common/make-directory', 'common/read-small-file', 'config/generated-secret']) {
    const source = fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
    const { code } = transformFileSync(source, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, `${name}.js`), code);
  }
  return pathToFileURL(join(directory, 'config/generated-secret.js')).href;
}

describe('generatedSecret', () => {
  let directory: string;
  let dataDir: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-secret-'));
    dataDir = join(directory, 'deep', 'data');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('is the same from then on, and another in another directory', () => {
    const secret = generatedSecret(dataDir);
    expect(generatedSecret(dataDir)).toBe(secret);
    expect(generatedSecret(join(directory, 'other'))).not.toBe(secret);
  });

  it('is refused from a file without an end', () => {
    mkdirSync(dataDir, { recursive: true });
    symlinkSync('/dev/zero', join(dataDir, 'app-secret'));
    expect(() => generatedSecret(dataDir)).toThrow('The file cannot be read: more than 1 MB');
  });

  it('has 384 random bits', () => {
    expect(Buffer.from(generatedSecret(dataDir), 'base64url')).toHaveLength(48);
  });

  it('can be read by the owner alone: mode 0600, in a directory of mode 0700', () => {
    const umask = process.umask(0);
    try {
      generatedSecret(dataDir);
    } finally {
      process.umask(umask);
    }
    expect((statSync(join(dataDir, 'app-secret')).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(dataDir).mode & 0o777).toString(8)).toBe('700');
  });

  it('leaves nothing else behind', () => {
    generatedSecret(dataDir);
    expect(readdirSync(dataDir)).toEqual(['app-secret']);
  });

  it('leaves out the line break that an operator wrote', () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'app-secret'), 'written by hand\n');
    expect(generatedSecret(dataDir)).toBe('written by hand');
  });

  it(`is one for ${PROCESSES} processes that start at once`, async () => {
    const script = `
      const { generatedSecret } = await import(${JSON.stringify(compileTo(directory))});
      process.stdout.write('ready ');
      process.stdin.once('data', () => {
        process.stdout.write(generatedSecret(${JSON.stringify(dataDir)}));
        process.exitCode = 0;
        process.stdin.unref();
      });`;
    const children = Array.from({ length: PROCESSES }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const outputs = children.map(collect);
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    for (const { stdin } of children) stdin.end('go');
    await Promise.all(children.map((child) => once(child, 'close')));

    const kept = readFileSync(join(dataDir, 'app-secret'), 'utf8');
    expect(kept).toHaveLength(64);
    expect(outputs.map((output) => output.text)).toEqual(outputs.map(() => `ready ${kept}`));
    expect(readdirSync(dataDir)).toEqual(['app-secret']);
  });
});

function collect(child: ChildProcess): { text: string } {
  const output = { text: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.text += text;
  });
  return output;
}
