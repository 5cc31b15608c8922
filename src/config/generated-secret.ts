import { randomBytes } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../common/make-directory.js';
import { readSmallFile } from '../common/read-small-file.js';

const FILE_NAME = 'app-secret';

/**
 * The secret of this data directory, generated at its first use: mode 0600 in a directory made with mode 0700.
 * Processes that start at once agree on one: the file appears under its name only when complete, by a link that
 * fails if the name is taken.
 */
export function generatedSecret(dataDir: string): string {
  const path = join(dataDir, FILE_NAME);
  const existing = readIfThere(path);
  if (existing !== undefined) return existing;
  makeDirectory(dataDir);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readSmallFile(path);
}

function readIfThere(path: string): string | undefined {
  try {
    return readSmallFile(path).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
