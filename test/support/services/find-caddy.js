import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.js';

/** @import { Service } from './service.js' */

/** @returns {Promise<Service>} */
export async function findCaddy() {
  const file = findOnPath('caddy')?.caddy;
  if (!file) return { missing: 'Caddy (no caddy found)' };
  const { stdout } = await promisify(execFile)(file, ['version']);
  return { found: `Caddy ${/[\d.]+/.exec(stdout)?.[0] ?? ''} (${file})`, value: file };
}
