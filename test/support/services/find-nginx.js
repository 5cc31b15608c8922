import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findInDirectory, findOnPath } from './find-on-path.js';

/** @import { Service } from './service.js' */

/** @returns {Promise<Service>} */
export async function findNginx() {
  const file = (findOnPath('nginx') ?? findInDirectory('/usr/sbin', ['nginx']))?.nginx;
  if (!file) return { missing: 'nginx (no nginx found)' };
  // On standard error.
  const { stderr } = await promisify(execFile)(file, ['-v']);
  return { found: `nginx ${/nginx\/([\d.]+)/.exec(stderr)?.[1] ?? ''} (${file})`, value: file };
}
