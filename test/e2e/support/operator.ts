import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestEnvironment } from '../../support/test-config.js';

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** `npm run cli -- <words>`, with the environment of the server. */
export async function runCommand(
  environment: TestEnvironment,
  ...words: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
