import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '../support/test-config.js';

/** Stands in for compiler and bundler: takes a millisecond, and leaves what they leave. */
const BUILD = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
if (readFileSync('src/main.ts', 'utf8') === 'broken') process.exit(7);
mkdirSync('dist', { recursive: true });
writeFileSync('dist/main.js', readFileSync('src/main.ts'));
writeFileSync('dist/.tsbuildinfo', '');
appendFileSync('builds', 'x');
console.log('noise');
`;

describe('npm run build:changed', () => {
  let directory: TemporaryDirectory;

  beforeEach(() => {
    directory = temporaryDirectory();
    copyFileSync('build.js', join(directory.path, 'build.js'));
    mkdirSync(join(directory.path, 'src'));
    write('compile.js', BUILD);
    write('src/main.ts', 'one');
    write('package.json', '{"type": "module", "scripts": {"compile": "node compile.js"}}');
    run();
  });

  afterEach(() => {
    directory.remove();
  });

  function write(path: string, content: string): void {
    writeFileSync(join(directory.path, path), content);
  }

  function run(...script: string[]) {
    const words = script.length > 0 ? script : ['build.js', '--changed'];
    return spawnSync(process.execPath, words, { cwd: directory.path, encoding: 'utf8' });
  }

  function builds(): number {
    const log = join(directory.path, 'builds');
    return existsSync(log) ? readFileSync(log, 'utf8').length : 0;
  }

  it('builds once, and not again while nothing has changed', () => {
    expect(builds()).toBe(1);
    expect(run()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(builds()).toBe(1);
  });

  it('builds again, saying so beside the output, when a source has changed, come or gone', () => {
    write('src/main.ts', 'two');
    expect(run()).toMatchObject({ status: 0, stdout: '', stderr: expect.stringContaining('Building') });
    write('src/added.ts', '');
    run();
    rmSync(join(directory.path, 'src/added.ts'));
    run();
    expect(builds()).toBe(4);
  });

  it('does not build what `npm run build` has built, which builds each time', () => {
    write('src/main.ts', 'two');
    expect(run('build.js')).toMatchObject({ status: 0, stdout: 'noise\n', stderr: '' });
    expect(builds()).toBe(2);
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(builds()).toBe(2);
    run('build.js');
    expect(builds()).toBe(3);
  });

  it('does not build for a test', () => {
    write('src/main.spec.ts', '');
    run();
    expect(builds()).toBe(1);
  });

  it('builds again when the result is missing, or was built since from other sources', () => {
    rmSync(join(directory.path, 'dist/main.js'));
    run();
    expect(builds()).toBe(2);
    write('src/main.ts', 'two');
    run('compile.js');
    write('src/main.ts', 'one');
    run();
    expect(builds()).toBe(4);
    expect(readFileSync(join(directory.path, 'dist/main.js'), 'utf8')).toBe('one');
  });

  it('fails as the build does, each time until it is mended', () => {
    write('src/main.ts', 'broken');
    expect(run().status).toBe(7);
    expect(run().status).toBe(7);
    write('src/main.ts', 'one');
    expect(run().status).toBe(0);
    expect(builds()).toBe(2);
  });
});
