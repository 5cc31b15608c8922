import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DirectoryLock } from './directory-lock.js';
import { PgliteThread } from './pglite-thread.js';

/** A directory with an embedded database, open in this process and in no other. */
export interface PgliteDirectory {
  readonly path: string;
  readonly lock: DirectoryLock;
  readonly thread: PgliteThread;
}

/**
 * Opens the directory, or makes it.
 * @throws DirectoryInUseError if another process has it open
 * @throws EmbeddedDatabaseError if it cannot be opened
 */
export async function openPgliteDirectory(path: string): Promise<PgliteDirectory> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = DirectoryLock.acquire(path);
  try {
    return { path, lock, thread: await openOrCreate(path) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openOrCreate(directory: string): Promise<PgliteThread> {
  // Written when the directory is complete: one whose creation was cut short holds nothing and is made anew.
  const complete = `${directory}/latchkey.complete`;
  const fresh = !existsSync(complete);
  if (fresh) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o700 });
  }
  const thread = new PgliteThread({ directory, fresh });
  try {
    // Answered once PGlite is open.
    await thread.query('select 1');
    if (fresh) writeFileSync(complete, '', { mode: 0o600 });
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
}
