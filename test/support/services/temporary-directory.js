import { chownSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN } from './service.js';

/** @import { User } from './unprivileged-user.js' */

/** @type {Set<string>} */
const made = new Set();

const MEMORY = '/dev/shm';
/** A run fills some hundred megabytes; a container often has 64. */
const MEMORY_NEEDED = 4 * 2 ** 30;

/**
 * @param {string} name
 * @param {User} [owner]
 * @param {string} [parent]
 */
export function makeTemporaryDirectory(name, owner, parent = tmpdir()) {
  const run = process.env[RUN] ?? process.pid;
  const directory = mkdtempSync(join(parent, `latchkey-${name}-${run}-`));
  made.add(directory);
  if (owner) chownSync(directory, owner.uid, owner.gid);
  return directory;
}

/**
 * Where databases go, which are a thousand small files each: into memory where there is plenty, as a copy takes a tenth of
 * the time there. Programs may not be run from it.
 */
export function databasesParent() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_NEEDED ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

const NAME_WITH_RUN = /^latchkey-[a-z-]+-(\d+)-\w{6}$/;

/** Those of this run, in whichever of its processes, and of runs that were killed and could not remove theirs. */
export function removeDirectoriesOfEndedRuns() {
  for (const parent of new Set([tmpdir(), databasesParent()])) {
    for (const entry of readdirSync(parent)) {
      const run = NAME_WITH_RUN.exec(entry)?.[1];
      const ended = run !== undefined && (run === process.env[RUN] || !isRunning(Number(run)));
      if (ended) tryToRemove(join(parent, entry));
    }
  }
}

/** @param {number} processId */
function isRunning(processId) {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    // EPERM: another user's.
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH';
  }
}

/** @param {string} directory */
function tryToRemove(directory) {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // Another user's, or another run was faster.
  }
}

/** Synchronous, for the last moment of a process that is interrupted. */
export function removeTemporaryDirectories() {
  for (const directory of made) {
    // A server that is still going down may be writing here, so try more than once.
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    made.delete(directory);
  }
}
