import { beforeAll, expect, it } from '@jest/globals';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { WITHOUT_FILE_RIGHTS } from '../../support/without-file-rights.js';

export type Environment = Record<string, string>;

export interface FailingStart {
  readonly environment: () => Environment;
  /** A setting that is named, and what to do about it. */
  readonly says: RegExp;
}

interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
}

const AT_ONCE = 3;
const PATIENCE = 120_000;

/** Starts them a few at a time, and holds each against what it should say: one line of the setting and what to do. */
export function tellsInOneLine(starts: Readonly<Record<string, FailingStart>>): void {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const waiting = Object.entries(starts);
    const startNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        outcomes.set(next[0], await start(next[1]));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, startNext));
  }, PATIENCE);

  it.each(Object.keys(starts))('says in one line what to do, and exits 1: %s', (title) => {
    const { code, stderr, stdout } = outcomes.get(title) ?? { code: null, stderr: '', stdout: '' };
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(starts[title]?.says ?? /^$/)]);
    expect(stdout).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
  });
}

async function start({ environment }: FailingStart): Promise<Outcome> {
  const directory = temporaryDirectory();
  const server = LatchkeyProcess.launch({ DATA_DIR: directory.path, ...environment() }, WITHOUT_FILE_RIGHTS);
  const { code } = await server.exited;
  directory.remove();
  return { code, stderr: server.stderr, stdout: server.stdout };
}
