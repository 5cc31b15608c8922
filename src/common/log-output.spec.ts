import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LogOutput } from './log-output.js';

describe('LogOutput', () => {
  let directory: string;
  let file: string;
  let output: LogOutput;
  let exitListeners: ReadonlySet<unknown>;

  beforeEach(() => {
    jest.useFakeTimers();
    exitListeners = new Set(process.listeners('exit'));
    directory = mkdtempSync(join(tmpdir(), 'latchkey-log-'));
    file = join(directory, 'log');
    output = new LogOutput(file);
  });

  afterEach(() => {
    jest.useRealTimers();
    rmSync(directory, { recursive: true });
  });

  const written = () => readFileSync(file, 'utf8');

  it('writes the lines of ten milliseconds together', () => {
    output.write('a\n');
    jest.advanceTimersByTime(9);
    output.write('b\n');
    expect(written()).toBe('');

    jest.advanceTimersByTime(1);
    expect(written()).toBe('a\nb\n');
  });

  it('writes again after that', () => {
    output.write('a\n');
    jest.advanceTimersByTime(10);
    output.write('b\n');
    jest.advanceTimersByTime(10);

    expect(written()).toBe('a\nb\n');
  });

  it.each(['warn', 'error', 'fatal'] as const)(
    'writes at once at level %s, with what came before',
    (level) => {
      output.write('a\n');
      output.wrote('info');
      output.write('b\n');
      expect(written()).toBe('');

      output.wrote(level);
      expect(written()).toBe('a\nb\n');
    },
  );

  it('writes what is left when the process ends', () => {
    output.write('a\n');
    output.write('b\n');
    expect(written()).toBe('');

    for (const listener of process.listeners('exit')) if (!exitListeners.has(listener)) listener(0);
    expect(written()).toBe('a\nb\n');
  });

  it('holds no more back than a few kilobytes', () => {
    const line = `${'x'.repeat(999)}\n`;
    for (let i = 0; i < 20; i += 1) output.write(line);

    expect(written().length).toBeGreaterThan(10_000);
  });
});
