import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { COMMANDS, GROUPS } from '../../../src/cli/commands/commands.js';
import { runCommandLine } from '../../../src/cli/framework/run-command-line.js';
import { OpenedContext } from '../../../src/cli/opened-context.js';
import { linesOfFailure } from '../../../src/start/explain-start-failure.js';
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

/**
 * What a command does and says, without a process, which takes five times as long: for what the process has no part in. It has no terminal,
 * and no standard input.
 */
export async function carryOutCommand(
  environment: TestEnvironment,
  ...words: string[]
): Promise<CommandEnding> {
  const { exitCode, stdout, stderr } = await runCommandLine(words, {
    catalogue: { description: '', version: '', commands: COMMANDS, groups: GROUPS },
    context: new OpenedContext(environment),
    terminal: { input: new PassThrough(), output: new PassThrough() },
    columns: 80,
    explain: linesOfFailure,
  });
  return { code: exitCode, stdout, stderr };
}
