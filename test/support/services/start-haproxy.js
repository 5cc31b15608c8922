import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findInDirectory, findOnPath } from './find-on-path.js';

/** @import { Service } from './service.js' */

/** @returns {Promise<Service>} */
export async function findHaproxy() {
  const file = (findOnPath('haproxy') ?? findInDirectory('/usr/sbin', ['haproxy']))?.haproxy;
  if (!file) return { missing: 'HAProxy (no haproxy found)' };
  const { stdout } = await promisify(execFile)(file, ['-v']);
  return { found: `HAProxy ${/version ([\d.]+)/.exec(stdout)?.[1] ?? ''} (${file})`, value: file };
}
