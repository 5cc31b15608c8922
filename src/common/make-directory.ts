import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory, for its user only, and those above it that are missing. Node's `recursive` tries for ever where the
 * system says that something is missing although all above is there, as below /proc.
 * @throws NodeJS.ErrnoException if it cannot be made, or is no directory
 */
export function makeDirectory(path: string): void {
  if (isMade(path)) return;
  makeDirectory(dirname(path));
  // What was above it may have been made by another process meanwhile; what is still missing then cannot be made.
  if (!isMade(path)) mkdirSync(path, { mode: 0o700 });
}

/** @returns false if something above it is missing */
function isMade(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return true;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return true;
}
