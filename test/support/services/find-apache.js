import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { findInDirectory } from './find-on-path.js';

/** @import { Service } from './service.js' */

const MODULE = '/usr/lib/apache2/modules/mod_auth_openidc.so';

/** @returns {Promise<Service>} Debian's `apache2`, with `libapache2-mod-auth-openidc` */
export async function findApache() {
  const file = findInDirectory('/usr/sbin', ['apache2'])?.apache2;
  if (!file || !existsSync(MODULE)) return { missing: 'Apache with mod_auth_openidc (not found)' };
  const { stdout } = await promisify(execFile)(file, ['-v']);
  return { found: `Apache ${/Apache\/([\d.]+)/.exec(stdout)?.[1] ?? ''} (${file})`, value: file };
}
