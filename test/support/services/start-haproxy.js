import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findInDirectory, findOnPath } from './find-on-path.js';
import { startProcess, stop, untilItAnswers } from './server-process.js';
import { makeTemporaryDirectory } from './temporary-directory.js';

/** @import { Service } from './service.js' */

/** @returns {Promise<Service>} */
export async function findHaproxy() {
  const file = (findOnPath('haproxy') ?? findInDirectory('/usr/sbin', ['haproxy']))?.haproxy;
  if (!file) return { missing: 'HAProxy (no haproxy found)' };
  const { stdout } = await promisify(execFile)(file, ['-v']);
  return { found: `HAProxy ${/version ([\d.]+)/.exec(stdout)?.[1] ?? ''} (${file})`, value: file };
}

/**
 * @param {string} binary
 * @param {string} configuration the text of its file
 * @param {string} url an address of it, which is asked until it answers at all
 */
export async function startHaproxy(binary, configuration, url) {
  const directory = makeTemporaryDirectory('haproxy');
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, configuration);
  const server = startProcess({ name: 'haproxy', command: binary, args: ['-f', file], directory });
  await untilItAnswers(server, () => fetch(url));
  return { stop: () => stop(server) };
}
