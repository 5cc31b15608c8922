import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyMigratedDirectory } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TemporaryDirectory, testEnvironment } from '../../support/test-config.js';

describe('npm start', () => {
  let directory: TemporaryDirectory;
  let npm: ChildProcess;
  let output = '';

  beforeEach(async () => {
    directory = temporaryDirectory();
    await copyMigratedDirectory(join(directory.path, 'database'));
    // Built already, as for all specs of processes. A group of its own, so that nothing of it outlives the test.
    npm = spawn('npm', ['start', '--ignore-scripts'], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        ...testEnvironment(directory.path, { NODE_ENV: 'development' }),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    output = '';
    for await (const text of npm.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
      output += String(text);
      if (/Latchkey is ready[\s\S]*http:\/\/\S+\s/.test(output)) break;
    }
    npm.stdout?.on('data', (text) => (output += String(text)));
  });

  afterEach(() => {
    try {
      process.kill(-Number(npm.pid), 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
    directory.remove();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'hands %s to the server, which stops cleanly, and exits as the server does',
    async (signal) => {
      const [url = ''] = /http:\/\/\S+/.exec(output.split('Latchkey is ready')[1] ?? '') ?? [];
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      const outputEnds = once(npm, 'close');
      npm.kill(signal);
      expect(await once(npm, 'exit')).toEqual([0, null]);
      await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
      await outputEnds;
      expect(output).toContain(`${signal}: finishing requests in flight.`);
    },
  );
});
