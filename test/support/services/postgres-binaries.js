import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findInDirectory, findOnPath } from './find-on-path.js';
import { copyShippedPostgres, findShippedPostgres, shippedBinaries } from './shipped-postgres.js';

/** @import { User } from './unprivileged-user.js' */
/** @typedef {{ initdb: string, postgres: string }} Binaries */

export const DEBIAN = '/usr/lib/postgresql';

/**
 * The binaries to run, those of the machine before those that npm brought.
 * @param {string} directory where to put a copy of the latter, should one be needed
 * @param {User | undefined} user who is going to run them
 * @returns {Promise<Binaries & { origin: string }>} rejects, saying why, where there are none
 */
export async function findPostgresBinaries(directory, user) {
  for (const binaries of localBinaries()) {
    if ((await whyNotRunnable(binaries, user)) === undefined)
      return { ...binaries, origin: 'local binaries' };
  }
  const origin = 'npm-shipped binaries';
  const shipped = findShippedPostgres();
  const installed = shipped && shippedBinaries(shipped);
  if (installed && (await whyNotRunnable(installed, user)) === undefined) return { ...installed, origin };
  if (shipped) {
    await copyShippedPostgres(shipped, directory, user);
    const copied = shippedBinaries(directory);
    const why = copied && (await whyNotRunnable(copied, user));
    if (copied && why === undefined) return { ...copied, origin };
    throw new Error(`no local binaries found, and npm's do not run here: ${why ?? 'some are missing'}`);
  }
  throw new Error('no local binaries found, and npm has none for this platform');
}

/** @returns {Generator<Binaries>} */
function* localBinaries() {
  const onPath = findOnPath('initdb', 'postgres');
  if (onPath) yield onPath;
  for (const version of debianVersions()) {
    const binaries = findInDirectory(join(DEBIAN, version, 'bin'), ['initdb', 'postgres']);
    if (binaries) yield binaries;
  }
}

/** Debian keeps the servers off PATH, one folder a version. The newest comes first. */
export function debianVersions() {
  try {
    return readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}

/**
 * @param {Binaries} binaries
 * @param {User | undefined} user
 * @returns {Promise<string | undefined>} undefined if they do run
 */
async function whyNotRunnable(binaries, user) {
  try {
    for (const binary of [binaries.postgres, binaries.initdb]) {
      await promisify(execFile)(binary, ['--version'], { cwd: '/', ...user });
    }
    return undefined;
  } catch (error) {
    const lines = String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n');
    return lines.at(-1);
  }
}
