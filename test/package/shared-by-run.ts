import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { RUN } from '../support/services/service.js';

/**
 * A directory that one process of this run makes, and all of them use. Its name is one that the global teardown removes.
 * @param name of small letters and hyphens
 * @param make fills it. Where it throws, the next to ask tries again
 */
export async function sharedByRun(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const directory = join(tmpdir(), `latchkey-${name}-${process.env[RUN]}-shared`);
  const finished = join(directory, '.finished');
  // Files of another process have no event that could not be missed.
  while (!existsSync(finished)) {
    if (!claimed(directory)) await setTimeout(100);
    else await fill(directory, make, finished);
  }
  return directory;
}

async function fill(
  directory: string,
  make: (directory: string) => Promise<void>,
  finished: string,
): Promise<void> {
  try {
    await make(directory);
    writeFileSync(finished, '');
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Whether it is this process that makes it. */
function claimed(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
