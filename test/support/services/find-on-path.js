import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The path of each of the named programs, if one directory holds them all.
 * @template {string} Name
 * @param {string} directory
 * @param {Name[]} names
 * @returns {Record<Name, string> | undefined}
 */
export function findInDirectory(directory, names) {
  const files = names.map((name) => join(directory, name + SUFFIX));
  if (!files.every(isExecutable)) return undefined;
  return /** @type {Record<Name, string>} */ (
    Object.fromEntries(names.map((name, index) => [name, files[index]]))
  );
}

/**
 * The same, for the first directory on PATH that holds them all.
 * @template {string} Name
 * @param {Name[]} names
 * @returns {Record<Name, string> | undefined}
 */
export function findOnPath(...names) {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = directory && findInDirectory(directory, names);
    if (found) return found;
  }
  return undefined;
}
