import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { makeDirectory } from '../common/make-directory.js';
import { DirectoryLock } from './directory-lock.js';
import { PgliteThread } from './pglite-thread.js';

/** A directory with an embedded database, held by this process and by no other. */
export interface PgliteDirectory {
  readonly path: string;
  readonly lock: DirectoryLock;
  readonly thread: PgliteThread;
}

/** What lies in the directory is no database, and nothing of it is touched. */
export class NoDatabaseError extends Error {
  constructor(directory: string) {
    super(`${directory} holds files but no database. Move them away, or choose another DATA_DIR.`);
    this.name = 'NoDatabaseError';
  }
}

/**
 * Begins to open the directory, or to make it: statements wait for that, and fail if it does.
 * @param worker see PgliteThread
 * @throws NoDatabaseError if it holds something else
 * @throws DirectoryInUseError if another process has it open
 */
export function openPgliteDirectory(path: string, worker?: Worker): PgliteDirectory {
  makeDirectory(dirname(path));
  const lock = DirectoryLock.acquire(path);
  try {
    return { path, lock, thread: openOrCreate(path, worker) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openOrCreate(directory: string, worker?: Worker): PgliteThread {
  // Stands beside the directory while that is being made: one whose making was cut short holds nothing yet.
  const making = `${directory}.making`;
  if (existsSync(making)) rmSync(directory, { recursive: true, force: true });
  const fresh = isEmpty(directory);
  if (fresh) {
    writeFileSync(making, '', { mode: 0o600 });
    makeDirectory(directory);
  } else if (!existsSync(`${directory}/PG_VERSION`)) {
    throw new NoDatabaseError(directory);
  }
  return new PgliteThread({ directory, making: fresh ? making : undefined }, worker);
}

function isEmpty(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}
