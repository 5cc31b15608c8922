import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TestEnvironment } from '../../support/test-config.js';

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

interface CommandEnding {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run cli -- <words>`, with the environment of the server. */
export async function runCommand(environment: TestEnvironment, ...words: string[]): Promise<CommandEnding> {
  return runCommandOn('', environment, ...words);
}

/** The same, on this standard input. */
export async function runCommandOn(
  input: string,
  environment: TestEnvironment,
  ...words: string[]
): Promise<CommandEnding> {
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** The same, whose answer is read by no one to the end, as by `head`. */
export async function runCommandUnread(
  environment: TestEnvironment,
  ...words: string[]
): Promise<Omit<CommandEnding, 'stdout'>> {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, [CLI, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: Number(code), stderr };
}
