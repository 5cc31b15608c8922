import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findInDirectory, findOnPath } from './find-on-path.js';
import { DEBIAN, debianVersions } from './postgres-binaries.js';

/** @import { Service } from './service.js' */

/** `pg_dump` and `pg_restore`, which npm's PostgreSQL lacks. @returns {Promise<Service>} */
export async function findPgDump() {
  const directories = debianVersions().map((version) => join(DEBIAN, version, 'bin'));
  const file = [
    findOnPath('pg_dump', 'pg_restore'),
    ...directories.map((directory) => findInDirectory(directory, ['pg_dump', 'pg_restore'])),
  ].find((found) => found)?.pg_dump;
  if (!file) return { missing: 'pg_dump (no pg_dump and pg_restore found)' };
  const { stdout } = await promisify(execFile)(file, ['--version']);
  return { found: `pg_dump ${/[\d.]+/.exec(stdout)?.[0] ?? ''} (${file})`, value: dirname(file) };
}
