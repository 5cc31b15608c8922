import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { DirectoryLock } from './directory-lock.js';
import { PgliteThread } from './pglite-thread.js';

/** A directory with an embedded database, open in this process and in no other. */
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
 * Opens the directory, or makes it.
 * @param worker see PgliteThread
 * @throws NoDatabaseError if it holds something else
 * @throws DirectoryInUseError if another process has it open
 * @throws EmbeddedDatabaseError if it cannot be opened
 */
export async function openPgliteDirectory(path: string, worker?: Worker): Promise<PgliteDirectory> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = DirectoryLock.acquire(path);
  try {
    return { path, lock, thread: await openOrCreate(path, worker) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openOrCreate(directory: string, worker?: Worker): Promise<PgliteThread> {
  // Stands beside the directory while that is being made: one whose making was cut short holds nothing yet.
  const making = `${directory}.making`;
  if (existsSync(making)) rmSync(directory, { recursive: true, force: true });
  const fresh = isEmpty(directory);
  if (fresh) {
    writeFileSync(making, '', { mode: 0o600 });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } else if (!existsSync(`${directory}/PG_VERSION`)) {
    throw new NoDatabaseError(directory);
  }
  const thread = new PgliteThread({ directory, fresh }, worker);
  try {
    // Answered once PGlite is open.
    await thread.query('select 1');
    rmSync(making, { force: true });
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
}

function isEmpty(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}
