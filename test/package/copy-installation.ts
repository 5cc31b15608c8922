import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/** What npm knows of an installation, and writes over where it stands. */
const RECORD = '.package-lock.json';

/**
 * Copies an installation for npm to go on from: it fetches and unpacks only what is missing there. The files are the same ones
 * under other names, which npm replaces and does not write to.
 * @param from has a package.json and `node_modules`
 * @param to a directory, beside it
 */
export function copyInstallation(from: string, to: string): void {
  copyFileSync(join(from, 'package.json'), join(to, 'package.json'));
  link(join(from, 'node_modules'), join(to, 'node_modules'));
  const record = join(to, 'node_modules', RECORD);
  copyFileSync(record, `${record}.own`);
  renameSync(`${record}.own`, record);
}

function link(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) link(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkSync(source, target);
  }
}
