import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { temporaryDirectory, type TemporaryDirectory, testEnvironment } from '../../support/test-config.js';

const textOf = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const ONE_TIME_PASSWORD = 'the one-time password';
const ANSWER = /^# (.*)$/gm;
const MARK = '--- answered ---';

/** The lines of its blocks of `sh`. */
function blocksOf(markdown: string): string {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block).join('\n');
}

/** The end of what was printed, e.g. `{"id":"8efe7585-…","name":"Grace",…}`: `…` stands for what differs each time. */
function patternOf(answer: string): RegExp {
  const parts = answer.replace('8efe7585-', '').split('…');
  return new RegExp(
    `${parts.map((part) => part.replaceAll(/[[\]{}.*+?^$|()\\]/g, String.raw`\$&`)).join('.*')}$`,
  );
}

describe('The five minutes of the README, and the tour after them', () => {
  let directory: TemporaryDirectory;
  let server: LatchkeyProcess;

  beforeAll(async () => {
    directory = temporaryDirectory();
    // Limits and all else, but for what a hash costs, as they are for a reader.
    const { APP_SECRET = '' } = testEnvironment(directory.path);
    server = await LatchkeyProcess.start({
      DATA_DIR: join(directory.path, 'data'),
      APP_SECRET,
      BCRYPT_COST: '4',
    });
    await server.says(/Initial administrator[\s\S]*password {3}\S+\n/);
  });
  afterAll(async () => {
    await server.stop();
    directory.remove();
  });

  it('answer as they say, pasted one after the other into one shell', async () => {
    const [, start = ''] = textOf('README.md').split('In a second terminal');
    const commands = [start.split('\n## ')[0] ?? '', textOf('docs/tour.md')].map(blocksOf).join('\n');
    const [, password = ''] = /e-mail\s+\S+\s+password\s+(\S+)/.exec(server.stdout) ?? [];
    const typed = commands
      .replace('http://localhost:3000', server.url)
      .replaceAll(ONE_TIME_PASSWORD, password);
    // Where a comment says what is answered, the shell says that it has come so far.
    const answers = [...commands.matchAll(ANSWER)].map(([, answer = '']) => answer);
    const script = typed.replaceAll(ANSWER, `echo; echo '${MARK}'`);
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: directory.path });

    const told = stdout.split(`\n${MARK}\n`).map((text) => text.trim());
    expect(told.slice(0, -1)).toEqual(answers.map((answer) => expect.stringMatching(patternOf(answer))));
    expect(answers.length).toBeGreaterThan(6);
  });
});
