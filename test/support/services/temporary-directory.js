import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @import { User } from './unprivileged-user.js' */

/** @type {Set<string>} */
const made = new Set();

/**
 * @param {string} name
 * @param {User} [owner]
 */
export function makeTemporaryDirectory(name, owner) {
  const directory = mkdtempSync(join(tmpdir(), `latchkey-${name}-`));
  made.add(directory);
  if (owner) chownSync(directory, owner.uid, owner.gid);
  return directory;
}

/** Synchronous, for the last moment of a process that is interrupted. */
export function removeTemporaryDirectories() {
  for (const directory of made) {
    // A server that is still going down may be writing here, so try more than once.
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    made.delete(directory);
  }
}
